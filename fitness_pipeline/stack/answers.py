"""Whether a service answers yet."""

import socket
from pathlib import Path

import httpx


def answers_on_socket(path: Path) -> bool:
    """Return whether somebody accepts connections on a Unix socket.

    Args:
        path: of the socket, there or not.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def answers_on_web(url: str) -> bool:
    """Return whether a web page can be fetched.

    Args:
        url: of a page on this machine.
    """
    try:
        # A proxy that the environment names has no business here.
        return httpx.get(url, timeout=5.0, trust_env=False).is_success
    except httpx.TransportError:
        return False
