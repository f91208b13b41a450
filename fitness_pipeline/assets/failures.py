"""Tells Dagster which failures a retry can help, and gives it our sentence for the others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg

from fitness_pipeline.errors import FitnessPipelineError, OutOfQuota, ServerUnreachable

# Enough for a history of a hundred thousand activities, a quarter of an hour apart.
_MOST_WAITS = 200
# So that the clocks of both sides may differ a little.
_GRACE_SECONDS = 5


@contextmanager
def dagster_failures(clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Iterator[None]:
    """Turn our errors into Dagster's.

    Args:
        clock: tells how long there is to wait.

    Raises:
        RetryRequested: the database did not answer, or ended the transaction, and may next time; or a
            provider answers again within the quarter of an hour.
        Failure: a person has to act; the description says how, and no retry is made.
    """
    from psycopg import OperationalError  # here, so that loading the definitions stays fast

    try:
        yield
    except (ServerUnreachable, OperationalError) as error:
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=5) from error
    except OutOfQuota as error:
        if error.is_daily:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        seconds = max(0.0, (error.resets_at - clock()).total_seconds()) + _GRACE_SECONDS
        raise dg.RetryRequested(max_retries=_MOST_WAITS, seconds_to_wait=seconds) from error
    except FitnessPipelineError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
