"""The sensors: one watches the inbox, one catches up with work that was left undone."""

import json

import dagster as dg

from fitness_pipeline.automation.attempts import next_attempt
from fitness_pipeline.automation.jobs import catch_up_job, mapmyfitness_job
from fitness_pipeline.automation.under_way import is_under_way
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.inbox import InboxFile, list_inbox

# Tells which file in which state a Dagster run was launched for.
FILE_TAG = "inbox_file"
# Tells which providers' rows a Dagster run was launched to work through.
CATCH_UP_TAG = "catch_up"


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
    files = list_inbox(load_settings().inbox_dir)
    seen_before = set(json.loads(context.cursor or "[]"))
    settled = [file for file in files if file.signature in seen_before]
    requests = [request for file in settled if (request := _request(context.instance, file))]
    return dg.SensorResult(
        run_requests=requests,
        skip_reason=None if requests else _skip_reason(files, settled),
        cursor=json.dumps([file.signature for file in files]),
    )


@dg.sensor(
    job=catch_up_job,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Makes runs of rows that were read and not worked through: after a backfill of raw data, a "
    "crash between two steps, or a new alias.",
)
def unfinished_work(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Launch the downstream of the raw data when it is behind and nothing is under way."""
    # These load polars and psycopg.
    from fitness_pipeline.steps.normalize import PROVIDERS, is_behind
    from fitness_pipeline.steps.normalize_hevy import is_hevy_behind

    if is_under_way(context.instance):
        return dg.SensorResult(skip_reason="Something is under way, and may well do it.")
    settings = load_settings()
    providers = [provider for provider in PROVIDERS if is_behind(provider, settings)]
    behind = ",".join([*providers, *(["hevy"] if is_hevy_behind() else [])])
    if not behind:
        return dg.SensorResult(skip_reason="The runs are up to date with all that was read.")
    attempt = next_attempt(context.instance, CATCH_UP_TAG, behind)
    if attempt is None:
        return dg.SensorResult(skip_reason="It did not succeed a short while ago and waits for its turn.")
    # Dagster never runs a key twice; the attempt's number lets the same work come again.
    request = dg.RunRequest(run_key=f"{behind}|{attempt}", tags={CATCH_UP_TAG: behind})
    return dg.SensorResult(run_requests=[request])


def _request(instance: dg.DagsterInstance, file: InboxFile) -> dg.RunRequest | None:
    attempt = next_attempt(instance, FILE_TAG, file.signature)
    if attempt is None:
        return None
    return dg.RunRequest(
        # Dagster never runs a key twice; the attempt's number lets a file come again.
        run_key=f"{file.signature}|{attempt}",
        tags={FILE_TAG: file.signature},
        run_config={"ops": {"raw__mmf_workouts": {"config": {"files": [str(file.path)]}}}},
    )


def _skip_reason(files: list[InboxFile], settled: list[InboxFile]) -> str:
    if not files:
        return "The inbox is empty."
    if not settled:
        return f"Waiting until {len(files)} file(s) have stayed the same over two looks."
    return "An import is under way, or did not succeed a short while ago and waits for its next attempt."
