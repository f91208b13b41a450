"""Keeps calls within what Google allows a user in a minute."""

from collections import deque
from collections.abc import Callable

# Of the 600 that are allowed in any minute (contract), some are left for the runner's other programs.
CALLS_PER_MINUTE = 500
_WINDOW_SECONDS = 60.0


class Pace:
    """Tells how long to wait before so many calls may be made.

    Args:
        now: seconds of a clock that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._made: deque[tuple[float, int]] = deque()

    def seconds_to_wait(self, calls: int) -> float:
        """Return how many seconds to wait before making calls; 0 when they can be made at once.

        Args:
            calls: how many.
        """
        now = self._now()
        while self._made and self._made[0][0] <= now - _WINDOW_SECONDS:
            self._made.popleft()
        room = CALLS_PER_MINUTE - sum(count for _, count in self._made)
        wait = 0.0
        for made_at, count in self._made:
            if room >= calls:
                break
            room += count
            wait = made_at + _WINDOW_SECONDS - now
        return wait

    def record(self, calls: int) -> None:
        """Remember that calls are made now.

        Args:
            calls: how many.
        """
        self._made.append((self._now(), calls))
