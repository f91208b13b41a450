"""What time it is in the stand-in: told by its caller."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until a test moves it.

    Attributes:
        now: the instant that it shows.
    """

    def __init__(self, now: datetime) -> None:
        """Show `now`, which carries a zone."""
        self.now = now

    def __call__(self) -> datetime:
        """Return the instant that it shows."""
        return self.now

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self.now += by
