"""The schedules of Hevy: what happened every hour, and once a week whether anything is missing."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from fitness_pipeline.automation.jobs import hevy_job
from fitness_pipeline.automation.under_way import is_under_way
from fitness_pipeline.settings import load_settings


@dg.schedule(
    job=hevy_job,
    cron_schedule="5 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Reads what happened at Hevy since the last sync.",
)
def hevy_every_hour(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Launch an incremental sync; the first one lists everything."""
    return _obstacle(context) or dg.RunRequest()


@dg.schedule(
    job=hevy_job,
    cron_schedule="37 3 * * 0",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Compares Hevy's count of workouts with what is here; reads everything if they differ.",
)
def hevy_every_week(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Launch a sync that checks the count, and lists all exercises again."""
    return _obstacle(context) or dg.RunRequest(run_config={"ops": _WITH_COUNT})


_WITH_COUNT: Mapping[str, Any] = {
    "raw__hevy_workouts": {"config": {"check_count": True}},
    "raw__hevy_exercise_templates": {"config": {"full_sync": True}},
}


def _obstacle(context: dg.ScheduleEvaluationContext) -> dg.SkipReason | None:
    """Return why Hevy is not to be asked now, or None."""
    from fitness_pipeline.steps.hevy_access import find_obstacle

    if is_under_way(context.instance, hevy_job.name):
        return dg.SkipReason("A sync of Hevy is under way.")
    obstacle = find_obstacle(load_settings())
    return dg.SkipReason(str(obstacle)) if obstacle is not None else None
