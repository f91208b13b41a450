"""Where the Dagster UI answers, and whether it may and can."""

import errno
import ipaddress
import socket
from contextlib import closing
from dataclasses import dataclass

from fitness_pipeline.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port of this machine."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """What a browser opens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def loopback_address(host: str, port: int) -> Address:
    """Return an address that only this machine can reach.

    Args:
        host: `localhost`, or an IP address of the loopback.
        port: 1 to 65535.

    Raises:
        ConfigurationError: others could reach it, or it is not an address.
    """
    if host == "localhost":
        return Address("127.0.0.1", port)
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ConfigurationError(
            f"The Dagster UI has no login, so it answers on this machine only, not on {host!r}. Leave --host "
            f"out; from another machine, reach it through a tunnel (`ssh -L {port}:127.0.0.1:{port} "
            "THIS-MACHINE`)."
        )
    return Address(host, port)


def require_free(address: Address) -> None:
    """Make sure that nothing answers at an address yet.

    Args:
        address: where the UI is about to answer.

    Raises:
        ConfigurationError: another program uses it, or the system does not let us.
    """
    try:
        for family, kind, _, _, target in socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        ):
            with closing(socket.socket(family, kind)) as probe:
                # Connections of a server that has just ended do not keep its port.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(target)
    except OSError as error:
        problem = (
            "is in use by another program"
            if error.errno == errno.EADDRINUSE
            else f"cannot be used ({error.strerror})"
        )
        raise ConfigurationError(
            f"Port {address.port} on {address.host} {problem}. Choose another one: "
            f"`fitness-pipeline up --port {address.port + 1 if address.port < 65535 else 3000}`."
        ) from None
