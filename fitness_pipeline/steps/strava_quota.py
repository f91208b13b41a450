"""What is left of Strava's rate limits, remembered in the database for every process that asks."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.rate_limits import find_rate_limits, record_rate_limits
from fitness_pipeline.models import RateLimits
from fitness_pipeline.providers.strava.oauth import PROVIDER
from fitness_pipeline.providers.strava.rate_limits import Remaining, remaining
from fitness_pipeline.steps.strava_access import utc_now


class StravaQuota:
    """Loads and saves rate limits, apart from the transactions of those who ask.

    Each call opens a connection of its own, unless the quota is entered (`with StravaQuota() as quota:`):
    then there is one for all. Opening takes longer than all the rest.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._connection: AnyConnection | None = None

    def __enter__(self) -> Self:
        """Open a connection for all calls."""
        self._connection = self._stack.enter_context(connect())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._connection = None
        self._stack.close()

    def load(self) -> RateLimits | None:
        """Return what Strava said last, to whichever process, or None when it never did."""
        return find_rate_limits(PROVIDER, conn=self._connection)

    def save(self, limits: RateLimits) -> None:
        """Remember what Strava said, at once: a sync that fails later has used its calls all the same.

        Args:
            limits: from the headers of a reply.
        """
        record_rate_limits(PROVIDER, limits, conn=self._connection)

    def remaining(self, clock: Callable[[], datetime] = utc_now) -> Remaining | None:
        """Return how many requests are left; None when Strava never said.

        Args:
            clock: the time.
        """
        return remaining(self.load(), clock())
