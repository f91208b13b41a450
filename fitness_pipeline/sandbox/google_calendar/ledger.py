"""What all calendars of a world share: one lock, one clock, and numbers that only rise."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fitness_pipeline.sandbox.serving.clock import Clock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a change gets.

    Attributes:
        revision: higher than that of each change before it; the etag says it.
        now: when it happened.
    """

    revision: int
    now: datetime

    @property
    def etag(self) -> str:
        """The etag, with its quotes."""
        return f'"{self.revision}"'


class Ledger:
    """Numbers changes, and tells when there is something to keep.

    Attributes:
        lock: held while a world is read or changed.
        clock: tells when changes happen.
        revision: of the last change.
        is_due: whether something changed since the last `keep`.
    """

    def __init__(self, clock: Clock, keep: Callable[[], object] | None = None) -> None:
        """Begin.

        Args:
            clock: tells when changes happen.
            keep: writes the world to where it is kept.
        """
        self.lock = threading.RLock()
        self.clock = clock
        self.revision = 0
        self.is_due = False
        self._keep = keep

    def stamp(self) -> Stamp:
        """Return the next number, which looks as those of Google do: twice the time, in a long form."""
        with self.lock:
            now = self.clock()
            millions = (now - _EPOCH) // timedelta(milliseconds=1) * 2000
            self.revision = max(self.revision + 2, millions)
            self.is_due = True
            return Stamp(self.revision, now)

    def keep(self) -> None:
        """Write down what changed, if anything did and there is a place for it."""
        with self.lock:
            if self.is_due and self._keep is not None:
                self._keep()
            self.is_due = False
