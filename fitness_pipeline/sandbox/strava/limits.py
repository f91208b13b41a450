"""Rate limits: a quarter of an hour and a day, over all requests and over those that read."""

import threading
from dataclasses import dataclass
from datetime import UTC

from fitness_pipeline.sandbox.serving.clock import Clock
from fitness_pipeline.sandbox.serving.replies import Headers, Reply
from fitness_pipeline.sandbox.strava import errors

_QUARTER_HOUR_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Limit:
    """How many requests are allowed, or were made.

    Attributes:
        quarter_hour: since :00, :15, :30 or :45.
        day: since midnight UTC.
    """

    quarter_hour: int
    day: int

    def __str__(self) -> str:
        return f"{self.quarter_hour},{self.day}"

    def exceeds(self, allowed: "Limit") -> bool:
        """Return whether these are more requests than allowed."""
        return self.quarter_hour > allowed.quarter_hour or self.day > allowed.day


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say to a request.

    Attributes:
        headers: for its reply, this request included.
        refusal: the 429, or None when the request may go on.
    """

    headers: Headers
    refusal: Reply | None


class RateLimits:
    """Counts requests to the API, as of its own clock.

    The defaults and the windows are those of the Strava API documentation: a request above the short limit
    still counts for the day. Usage includes the current request, and the request that reaches a limit is
    still answered (seen in recorded replies).

    Attributes:
        overall: what is allowed; may be changed at any time.
        read: what is allowed for requests that read.
        shape: of the body of a 429.
    """

    def __init__(self, clock: Clock) -> None:
        self.overall = Limit(200, 2000)
        self.read = Limit(100, 1000)
        self.shape: errors.RateLimitShape = "fault"
        self._clock = clock
        self._lock = threading.Lock()
        self._quarter_hour = self._day = -1
        self._overall_usage = self._read_usage = Limit(0, 0)

    def count(self, method: str) -> Verdict:
        """Count a request.

        Args:
            method: GET reads.

        Returns:
            The headers for its reply, and the 429 if it is one too many.
        """
        with self._lock:
            self._open_windows()
            self._overall_usage = _one_more(self._overall_usage)
            if method == "GET":
                self._read_usage = _one_more(self._read_usage)
            refusal = None
            if self._overall_usage.exceeds(self.overall):
                refusal = errors.rate_limited("overall rate limit", self.shape)
            elif method == "GET" and self._read_usage.exceeds(self.read):
                refusal = errors.rate_limited("read rate limit", self.shape)
            return Verdict(self._headers(), refusal)

    def headers(self) -> Headers:
        """Return the headers of a reply to a request that does not count."""
        with self._lock:
            self._open_windows()
            return self._headers()

    def use(self, *, quarter_hour: int, day: int) -> None:
        """Pretend that so many requests, all of them reading, were made in the current windows."""
        with self._lock:
            self._open_windows()
            self._overall_usage = self._read_usage = Limit(quarter_hour, day)

    def usage(self) -> tuple[Limit, Limit]:
        """Return how many requests were made in the current windows: overall, and reading."""
        with self._lock:
            self._open_windows()
            return self._overall_usage, self._read_usage

    def _headers(self) -> Headers:
        # The case in which they are seen on the wire.
        return (
            ("X-Ratelimit-Usage", str(self._overall_usage)),
            ("X-Ratelimit-Limit", str(self.overall)),
            ("X-Readratelimit-Usage", str(self._read_usage)),
            ("X-Readratelimit-Limit", str(self.read)),
        )

    def _open_windows(self) -> None:
        now = self._clock().astimezone(UTC)
        quarter_hour, day = int(now.timestamp()) // _QUARTER_HOUR_SECONDS, now.toordinal()
        if day != self._day:
            self._overall_usage = self._read_usage = Limit(0, 0)
        elif quarter_hour != self._quarter_hour:
            self._overall_usage = Limit(0, self._overall_usage.day)
            self._read_usage = Limit(0, self._read_usage.day)
        self._quarter_hour, self._day = quarter_hour, day


def _one_more(usage: Limit) -> Limit:
    return Limit(usage.quarter_hour + 1, usage.day + 1)
