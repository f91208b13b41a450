"""Waits out the quarter of an hour for which a provider answers no more."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from fitness_pipeline.errors import OutOfQuota

# So that the clocks of both sides may differ a little.
_GRACE_SECONDS = 5

Result = TypeVar("Result")


def within_quota(
    action: Callable[[], Result],
    *,
    on_wait: Callable[[str], object],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], object] = time.sleep,
) -> Result:
    """Do something that goes on where it was, again after each quarter of an hour that is used up.

    The wait is part of the step. Dagster would wait between two attempts of it, too (`RetryRequested`),
    but in a place where no Ctrl-C and no "Terminate" reaches it.

    Args:
        action: what to do.
        on_wait: called with a sentence that says how long.
        clock: the time.
        sleep: waits for so many seconds.

    Returns:
        What it returns in the end.

    Raises:
        OutOfQuota: the day is used up.
    """
    while True:
        try:
            return action()
        except OutOfQuota as error:
            if error.is_daily:
                raise
            on_wait(f"{error} Waiting.")
            sleep(max(0.0, (error.resets_at - clock()).total_seconds()) + _GRACE_SECONDS)
