"""Where the Dagster UI and the REST API answer, and whether they may and can."""

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

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return _is_loopback(self.host)

    @property
    def on_this_machine(self) -> "Address":
        """Where this machine reaches it, even if it stands for all addresses that there are."""
        return Address({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host), self.port)  # noqa: S104


def loopback_address(host: str, port: int) -> Address:
    """Return an address that only this machine can reach.

    Args:
        host: `localhost`, or an IP address of the loopback.
        port: 1 to 65535.

    Raises:
        ConfigurationError: others could reach it, or it is not an address.
    """
    address = address_of(host, port)
    if not address.is_loopback:
        raise ConfigurationError(
            f"The Dagster UI has no login, so it answers on this machine only, not on {host!r}. Leave --host "
            f"out; from another machine, reach it through a tunnel (`ssh -L {port}:127.0.0.1:{port} "
            "THIS-MACHINE`)."
        )
    return address


def address_of(host: str, port: int) -> Address:
    """Return an address as it was given.

    Args:
        host: a name, or an IP address.
        port: 1 to 65535.
    """
    return Address("127.0.0.1" if host == "localhost" else host, port)


def require_free(address: Address, advice: str = "fitness-pipeline up --port {port}") -> None:
    """Make sure that nothing answers at an address yet.

    Args:
        address: where something is about to answer.
        advice: a command that takes another port, with `{port}` for it.

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
        another = advice.format(port=address.port + 1 if address.port < 65535 else 3000)
        raise ConfigurationError(
            f"Port {address.port} on {address.host} {problem}. Choose another one: `{another}`."
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
