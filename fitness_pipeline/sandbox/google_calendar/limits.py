"""Quotas: calls a minute of one user, and the use of calendars as a whole."""

import threading
from collections import deque
from datetime import datetime, timedelta

from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.clock import Clock
from fitness_pipeline.sandbox.serving.replies import Reply

_WINDOW = timedelta(minutes=1)


class Quotas:
    """Counts calls to the API as of its own clock, each one within a batch too.

    The windows slide (quota page of the Calendar API); that a refused call does not count is a guess.

    Attributes:
        per_minute_per_user: how many are allowed; None for as many as come. Google's own number is 600 for
            projects made since May 2026. May be changed at any time.
        quota_exceeded: whether every call ends with 403 `quotaExceeded`; may be changed at any time.
    """

    def __init__(self, clock: Clock) -> None:
        self.per_minute_per_user: int | None = None
        self.quota_exceeded = False
        self._clock = clock
        self._lock = threading.Lock()
        self._times: deque[datetime] = deque()

    def count(self) -> Reply | None:
        """Count a call; return the 403 if it is one too many."""
        if self.quota_exceeded:
            return errors.quota_exceeded()
        with self._lock:
            now = self._clock()
            while self._times and self._times[0] + _WINDOW <= now:
                self._times.popleft()
            if self.per_minute_per_user is not None and len(self._times) >= self.per_minute_per_user:
                return errors.user_rate_limited()
            self._times.append(now)
            return None
