"""Tells Dagster which failures a retry can help, and gives it our sentence for the others."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from fitness_pipeline.errors import FitnessPipelineError, ServerUnreachable


@contextmanager
def dagster_failures() -> Iterator[None]:
    """Turn our errors into Dagster's.

    Raises:
        RetryRequested: the database did not answer, or ended the transaction; it may next time.
        Failure: a person has to act; the description says how, and no retry is made.
    """
    from psycopg import OperationalError  # here, so that loading the definitions stays fast

    try:
        yield
    except (ServerUnreachable, OperationalError) as error:
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=5) from error
    except FitnessPipelineError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
