"""A request before anybody looked at it: off the wire, or out of the body of another one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlsplit

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Place:
    """Where within another request a request came.

    Attributes:
        batch: the number of the other one.
        position: 1 for the first one in it, as they were sent.
    """

    batch: int
    position: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request, with all of its secrets.

    Attributes:
        target: path and query.
        headers: their names in lower case.
    """

    method: str = "GET"
    target: str = field(default="/", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """The path as it came, with its percent signs."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The last value of each parameter."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def repeated_query(self) -> dict[str, list[str]]:
        """All values of each parameter."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        """The parameters in the body, if it is a form."""
        if not self.headers.get("content-type", "").startswith(_FORM):
            return {}
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
