"""The sensor that watches the inbox, and catches up with work that a crash left undone."""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg

from fitness_pipeline.automation.jobs import mapmyfitness_job
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.inbox import InboxFile, list_inbox

# Tells which file in which state a Dagster run was launched for.
FILE_TAG = "inbox_file"
CATCH_UP = "catch up"

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

_NOT_DONE = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


@dg.sensor(
    job=mapmyfitness_job,
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Imports each CSV in the inbox once it has stayed the same over two looks.",
)
def mapmyfitness_inbox(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Launch an import for each settled file that none is under way for.

    The table of ingested files decides what is new, so every file here is offered to it. The cursor only
    tells what was seen at the last look.
    """
    from fitness_pipeline.steps.normalize_mapmyfitness import is_mapmyfitness_behind  # loads polars

    settings = load_settings()
    files = list_inbox(settings.inbox_dir)
    seen_before = set(json.loads(context.cursor or "[]"))
    settled = [file for file in files if file.signature in seen_before]
    requests = [request for file in settled if (request := _request(context.instance, file))]
    if not files and is_mapmyfitness_behind(default_time_zone=settings.mmf_timezone):
        catch_up = _attempt(context.instance, CATCH_UP)
        if catch_up is not None:
            requests.append(dg.RunRequest(run_key=f"{CATCH_UP}|{catch_up}", tags={FILE_TAG: CATCH_UP}))
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else _skip_reason(files, settled),
        cursor=json.dumps([file.signature for file in files]),
    )


def _request(instance: dg.DagsterInstance, file: InboxFile) -> dg.RunRequest | None:
    attempt = _attempt(instance, file.signature)
    if attempt is None:
        return None
    return dg.RunRequest(
        # Dagster never runs a key twice; the attempt's number lets a file come again.
        run_key=f"{file.signature}|{attempt}",
        tags={FILE_TAG: file.signature},
        run_config={"ops": {"raw__mmf_workouts": {"config": {"files": [str(file.path)]}}}},
    )


def _attempt(instance: dg.DagsterInstance, signature: str) -> int | None:
    """Return the number of the next attempt, or None while it is too early for one."""
    records = instance.get_run_records(dg.RunsFilter(tags={FILE_TAG: signature}))
    if any(record.dagster_run.status in _UNDER_WAY for record in records):
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


def _skip_reason(files: list[InboxFile], settled: list[InboxFile]) -> str:
    if not files:
        return "The inbox is empty."
    if not settled:
        return f"Waiting until {len(files)} file(s) have stayed the same over two looks."
    return "An import is under way, or did not succeed a short while ago and waits for its next attempt."
