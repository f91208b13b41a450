"""A rate limit, when a test sets one; Hevy publishes none."""

import threading
from collections import deque
from datetime import datetime, timedelta
from math import ceil

from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.serving.clock import Clock
from fitness_pipeline.sandbox.serving.replies import Reply


class CallLimit:
    """Counts calls, as of its own clock; what is refused does not count.

    Attributes:
        calls: how many are allowed within a window; None for as many as come. May be changed at any time.
        window: how long a call counts.
        tells_when: whether a 429 has Retry-After, in whole seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self.calls: int | None = None
        self.window = timedelta(seconds=1)
        self.tells_when = True
        self._clock = clock
        self._lock = threading.Lock()
        self._times: deque[datetime] = deque()

    def count(self) -> Reply | None:
        """Count a call; return the 429 if it is one too many."""
        if self.calls is None:
            return None
        with self._lock:
            now = self._clock()
            while self._times and self._times[0] + self.window <= now:
                self._times.popleft()
            if len(self._times) < self.calls:
                self._times.append(now)
                return None
            free_at = self._times[0] + self.window if self._times else now + self.window
            return errors.rate_limited(ceil((free_at - now).total_seconds()) if self.tells_when else None)
