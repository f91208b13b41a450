"""The sensor of the calendar: what the runner edits is on it within seconds."""

from datetime import UTC, datetime

import dagster as dg

from fitness_pipeline.automation.attempts import next_attempt
from fitness_pipeline.automation.jobs import calendar_job
from fitness_pipeline.automation.under_way import is_under_way
from fitness_pipeline.settings import load_settings

# Tells which work a Dagster run was launched for.
WORK_TAG = "calendar_work"


@dg.sensor(
    job=calendar_job,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Brings edits, deletions and restored runs to the calendar, and what Google did not take "
    "before.",
)
def calendar_is_behind(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Launch a sync of the calendar when a run has changed or an event waits."""
    # These load psycopg.
    from fitness_pipeline.steps.google_access import find_obstacle
    from fitness_pipeline.steps.plan_calendar import work_left

    settings = load_settings()
    if obstacle := find_obstacle(settings):
        return dg.SensorResult(skip_reason=str(obstacle))
    if is_under_way(context.instance):
        return dg.SensorResult(skip_reason="Something is under way, and may well do it.")
    work = work_left(settings, now=datetime.now(UTC))
    if work is None:
        return dg.SensorResult(skip_reason="The calendar shows the runs, as far as Google lets it for now.")
    attempt = next_attempt(context.instance, WORK_TAG, work)
    if attempt is None:
        return dg.SensorResult(skip_reason="It did not succeed a short while ago and waits for its turn.")
    # Dagster never runs a key twice; the attempt's number lets the same work come again.
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=f"calendar|{work}|{attempt}", tags={WORK_TAG: work})]
    )
