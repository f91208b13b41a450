"""Settles the Dagster runs that a crash cut short; nobody else would, and the sensor waits for their end."""

import json
import socket
from dataclasses import asdict

import dagster as dg
import psutil

from fitness_pipeline.automation.under_way import LAUNCHED_TAG
from fitness_pipeline.process_identity import ProcessIdentity, find_process, identity_of

# On runs that a process works on itself: a command, or the REST API. The UI hides tags of this prefix.
_PROCESS_TAG = ".dagster/fitness_pipeline_process"

_WITH_A_PROCESS = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def tags_of_this_process() -> dict[str, str]:
    """Return the tags of a run that this process works on itself."""
    process = {"host": socket.gethostname(), **asdict(identity_of(psutil.Process()))}
    return {_PROCESS_TAG: json.dumps(process)}


def fail_abandoned_runs(instance: dg.DagsterInstance) -> int:
    """Mark the runs as failed that a process of this machine worked on which lives no more.

    Args:
        instance: whose runs.

    Returns:
        How many there were.
    """
    return _fail(instance, [run for run in _unfinished(instance) if _is_abandoned(run)])


def fail_launched_runs(instance: dg.DagsterInstance) -> int:
    """Mark the runs as failed that a webserver or a daemon of the past had launched and left unfinished.

    Only for who knows that none of those processes lives any more.

    Args:
        instance: whose runs.

    Returns:
        How many there were.
    """
    launched = [
        run
        for run in _unfinished(instance)
        if LAUNCHED_TAG in run.tags and run.status is not dg.DagsterRunStatus.NOT_STARTED
    ]
    return _fail(instance, launched)


def _unfinished(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    records = instance.get_run_records(dg.RunsFilter(statuses=_WITH_A_PROCESS))
    return [record.dagster_run for record in records]


def _is_abandoned(run: dg.DagsterRun) -> bool:
    try:
        process = json.loads(run.tags[_PROCESS_TAG])
        is_of_here = process.pop("host") == socket.gethostname()
        return is_of_here and find_process(ProcessIdentity(**process)) is None
    except (KeyError, TypeError, ValueError):
        return False


def _fail(instance: dg.DagsterInstance, runs: list[dg.DagsterRun]) -> int:
    for run in runs:
        instance.report_run_failed(
            run,
            "Its process was ended before it was done: by a crash, a kill or a power cut. What a step had "
            "not committed is undone, and the next attempt does it.",
        )
    return len(runs)
