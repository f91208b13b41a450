"""A request as it came, and what of it is remembered."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from fitness_pipeline.sandbox.serving.incoming import Incoming, Place

SECRET_PARAMETERS = frozenset(
    {"access_token", "api-key", "client_secret", "code", "code_verifier", "refresh_token"}
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes:
        number: 1 for the first one since the log was cleared; 1 for the first one within a batch.
        path: without the query.
        query: the last value of each parameter.
        form: the body's parameters; it has secrets.
        credential: the access token or the key that it came with.
        batch: the number of the request within which it came; None when it came by itself.
        incoming: as it came; it has secrets.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    credential: str | None = field(default=None, repr=False)
    batch: int | None = None
    incoming: Incoming = field(default_factory=Incoming, repr=False)

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
        batch: the number of the request within which it came; None when it came by itself.
        status: of the reply; None while there is none, and when the connection was reset.
    """

    number: int
    method: str
    path: str
    query: dict[str, str]
    grant_type: str | None
    is_authorized: bool
    batch: int | None = None
    status: int | None = None


class RequestLog:
    """The requests since the start, or since it was cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[LoggedRequest] = []
        self._inner_calls: list[LoggedRequest] = []

    @property
    def requests(self) -> list[LoggedRequest]:
        """Those that came by themselves, in the order in which they came."""
        with self._lock:
            return list(self._requests)

    @property
    def inner_calls(self) -> list[LoggedRequest]:
        """Those that came within others, in the order in which they were done; numbered as they were sent."""
        with self._lock:
            return list(self._inner_calls)

    def record(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        grant_type: str | None,
        is_authorized: bool,
        place: Place | None = None,
    ) -> LoggedRequest:
        """Remember a request; return its entry, which has its number."""
        public = {name: value for name, value in query.items() if name not in SECRET_PARAMETERS}
        with self._lock:
            entries = self._requests if place is None else self._inner_calls
            number, batch = (len(entries) + 1, None) if place is None else (place.position, place.batch)
            entry = LoggedRequest(number, method, path, public, grant_type, is_authorized, batch)
            entries.append(entry)
            return entry

    def clear(self) -> None:
        """Forget all of them; the next one has number 1."""
        with self._lock:
            self._requests.clear()
            self._inner_calls.clear()

    def matching(self, path: str = "*", method: str = "*", *, inner: bool = False) -> list[LoggedRequest]:
        """Return the requests to a path.

        Args:
            path: a pattern with `*`, such as `/api/v3/gear/*`.
            method: such as `GET`.
            inner: whether those that came within others are meant, instead of those that came by themselves.
        """
        return [
            entry
            for entry in (self.inner_calls if inner else self.requests)
            if fnmatchcase(entry.path, path) and fnmatchcase(entry.method, method)
        ]

    def count(self, path: str = "*", method: str = "*", *, inner: bool = False) -> int:
        """Return how many requests went to a path; see `matching`."""
        return len(self.matching(path, method, inner=inner))
