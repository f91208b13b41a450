"""Whether something is being worked on, so that nobody begins it a second time."""

import dagster as dg

UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

# Dagster gives it to each run that a daemon or the UI launches; a run of the command line has none.
LAUNCHED_TAG = ".dagster/grpc_info"


def is_under_way(instance: dg.DagsterInstance, job_name: str | None = None) -> bool:
    """Return whether a run of a job, or of any job, waits or works that a daemon or the UI launched.

    Runs of the command line do not count: nobody would ever end one that was killed. Whoever meets one
    that lives waits for its turn in the database.

    Args:
        instance: whose runs.
        job_name: the job; None means any.
    """
    records = instance.get_run_records(dg.RunsFilter(job_name=job_name, statuses=UNDER_WAY))
    return any(
        LAUNCHED_TAG in record.dagster_run.tags or record.dagster_run.status is dg.DagsterRunStatus.QUEUED
        for record in records
    )
