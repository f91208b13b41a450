"""Settles the Dagster runs that a crash cut short; nobody else would, and the sensor waits for their end."""

import dagster as dg

from fitness_pipeline.automation.under_way import LAUNCHED_TAG

_WITH_A_PROCESS = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def fail_interrupted_runs(instance: dg.DagsterInstance) -> int:
    """Mark the runs as failed that a webserver or a daemon of the past had launched and left unfinished.

    Only for who knows that none of those processes lives any more.

    Args:
        instance: whose runs.

    Returns:
        How many there were.
    """
    records = instance.get_run_records(dg.RunsFilter(statuses=_WITH_A_PROCESS))
    interrupted = [record.dagster_run for record in records if LAUNCHED_TAG in record.dagster_run.tags]
    for dagster_run in interrupted:
        instance.report_run_failed(
            dagster_run,
            "Its process was ended before it was done: by a crash, a kill or a power cut. What a step had "
            "not committed is undone, and the next attempt does it.",
        )
    return len(interrupted)
