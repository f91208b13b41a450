"""Keeps requests apart: Hevy publishes no limit, but answers 429 to clients that ask too fast."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock

# Two a second, with a little to spare: not all requests travel equally fast.
APART_SECONDS = 0.55


class Pace:
    """Lets requests go one after the other, for any number of threads that share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last_at: datetime | None = None

    def wait(self, clock: Callable[[], datetime], sleep: Callable[[float], object]) -> None:
        """Wait until the next request may go out.

        Args:
            clock: the time; when it was put back, the whole distance is waited for.
            sleep: waits for so many seconds.
        """
        with self._lock:
            if self._last_at is not None:
                passed = (clock() - self._last_at).total_seconds()
                if passed < APART_SECONDS:
                    sleep(APART_SECONDS - max(passed, 0.0))
            self._last_at = clock()
