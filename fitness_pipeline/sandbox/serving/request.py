"""A request as it came, and what of it is remembered."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

SECRET_PARAMETERS = frozenset({"access_token", "api-key", "client_secret", "code", "refresh_token"})


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes:
        number: 1 for the first one since the log was cleared.
        path: without the query.
        query: the last value of each parameter.
        form: the body's parameters; it has secrets.
        credential: the access token or the key that it came with.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    credential: str | None = field(default=None, repr=False)

    @property
    def parameters(self) -> dict[str, str]:
        """Those of the query and of the body."""
        return {**self.query, **self.form}


@dataclass(slots=True)
class LoggedRequest:
    """What is remembered of a request: no tokens, no keys, no codes, no client secret.

    Attributes:
        query: without what is secret.
        grant_type: what a request for a token asked for.
        is_authorized: whether it came with a living access token, or with the right key.
        status: of the reply; None while there is none, and when the connection was reset.
    """

    number: int
    method: str
    path: str
    query: dict[str, str]
    grant_type: str | None
    is_authorized: bool
    status: int | None = None


class RequestLog:
    """The requests since the start, or since it was cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[LoggedRequest] = []

    @property
    def requests(self) -> list[LoggedRequest]:
        """All of them, in the order in which they came."""
        with self._lock:
            return list(self._entries)

    def record(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        grant_type: str | None,
        is_authorized: bool,
    ) -> LoggedRequest:
        """Remember a request; return its entry, which has its number."""
        public = {name: value for name, value in query.items() if name not in SECRET_PARAMETERS}
        with self._lock:
            entry = LoggedRequest(len(self._entries) + 1, method, path, public, grant_type, is_authorized)
            self._entries.append(entry)
            return entry

    def clear(self) -> None:
        """Forget all of them; the next one has number 1."""
        with self._lock:
            self._entries.clear()

    def matching(self, path: str = "*", method: str = "*") -> list[LoggedRequest]:
        """Return the requests to a path.

        Args:
            path: a pattern with `*`, such as `/api/v3/gear/*`.
            method: such as `GET`.
        """
        return [
            entry
            for entry in self.requests
            if fnmatchcase(entry.path, path) and fnmatchcase(entry.method, method)
        ]

    def count(self, path: str = "*", method: str = "*") -> int:
        """Return how many requests went to a path; see `matching`."""
        return len(self.matching(path, method))
