"""The schedules of Strava: what may be new every half hour, everything once a week."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from fitness_pipeline.assets.strava_activities import months_of
from fitness_pipeline.automation.jobs import strava_job
from fitness_pipeline.automation.under_way import is_under_way
from fitness_pipeline.settings import load_settings

_LONGEST_WITHOUT_A_FULL_SYNC = timedelta(days=8)

_RANGE_START = "dagster/asset_partition_range_start"
_RANGE_END = "dagster/asset_partition_range_end"


@dg.schedule(
    job=strava_job,
    cron_schedule="*/30 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Reads what may be new on Strava: since the last sync, and some days before it.",
)
def strava_every_half_hour(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Launch an incremental sync, with the months that it covers."""
    # These load psycopg.
    from fitness_pipeline.db.strava_listings import find_last_full_listing
    from fitness_pipeline.db.sync_metadata import get_last_sync_time

    if obstacle := _obstacle(context):
        return obstacle
    settings, now = load_settings(), datetime.now(UTC)
    last_synced_at = get_last_sync_time("strava")
    last_full = find_last_full_listing()
    if last_synced_at is None or last_full is None or last_full < now - _LONGEST_WITHOUT_A_FULL_SYNC:
        # The first one reads everything; so does this one when the weekly one did not come to its end.
        return _request(_FULL, months_of(_dawn(), now))
    since = last_synced_at - timedelta(days=settings.strava_overlap_days)
    return _request(_INCREMENTAL, months_of(since, now))


@dg.schedule(
    job=strava_job,
    cron_schedule="17 3 * * 0",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Reads everything on Strava, which finds edits and deletions of long ago.",
)
def strava_every_week(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Launch a full sync."""
    return _obstacle(context) or _request(_FULL, months_of(_dawn(), datetime.now(UTC)))


_INCREMENTAL = {"raw__strava_activities": {"config": {"incremental": True}}}
_FULL = {
    "raw__strava_activities": {"config": {"full_sync": True}},
    "raw__strava_gear": {"config": {"full_sync": True}},
}


def month_range_tags(months: list[str]) -> dict[str, str]:
    """Return the tags that tell Dagster which months a run covers.

    Args:
        months: their keys, in order; without any there are no tags.
    """
    return {_RANGE_START: months[0], _RANGE_END: months[-1]} if months else {}


def _request(ops: Mapping[str, Any], months: list[str]) -> dg.RunRequest:
    return dg.RunRequest(run_config={"ops": ops}, tags=month_range_tags(months))


def _obstacle(context: dg.ScheduleEvaluationContext) -> dg.SkipReason | None:
    """Return why Strava is not to be asked now, or None."""
    from fitness_pipeline.steps.strava_access import find_obstacle  # loads httpx and psycopg

    if is_under_way(context.instance, strava_job.name):
        return dg.SkipReason("A sync of Strava is under way.")
    obstacle = find_obstacle(load_settings())
    return dg.SkipReason(str(obstacle)) if obstacle is not None else None


def _dawn() -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC)
