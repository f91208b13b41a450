"""How often something was tried, and when it may be tried again."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from fitness_pipeline.automation.under_way import UNDER_WAY

_NOT_DONE = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def next_attempt(instance: dg.DagsterInstance, tag: str, value: str) -> int | None:
    """Return the number of the next attempt, or None while it is too early for one.

    Args:
        instance: whose runs.
        tag: the tag that all attempts at the same thing carry.
        value: its value.
    """
    records = instance.get_run_records(dg.RunsFilter(tags={tag: value}))
    if any(record.dagster_run.status in UNDER_WAY for record in records):
        return None
    if records and records[0].dagster_run.status in _NOT_DONE:
        ended = datetime.fromtimestamp(records[0].end_time or 0, UTC)
        if datetime.now(UTC) < ended + retry_delay(len(records)):
            return None
    return len(records)


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts of which the last one failed.

    Args:
        attempts: 1 or more.

    Returns:
        Half a minute, doubled each time, one hour at the most.
    """
    doublings = min(attempts - 1, 10)
    return min(timedelta(seconds=30 << doublings), timedelta(hours=1))
