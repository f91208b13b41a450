"""The asset `raw/strava_gear`: the shoes and bikes that activities name."""

import dagster as dg
from pydantic import Field

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.reporting import Stopwatch, materialized
from fitness_pipeline.assets.strava_activities import strava_activities
from fitness_pipeline.assets.strava_budget import budget
from fitness_pipeline.settings import load_settings


class GearReading(dg.Config):
    """Which gear to ask for."""

    full_sync: bool = Field(
        default=False, description="Ask for known gear, too, if that was not done for some days."
    )


@dg.asset(
    key=["raw", "strava_gear"],
    deps=[strava_activities],
    group_name="strava",
    kinds={"api", "postgres"},
    owners=OWNERS,
    description="The gear that activities name, as Strava sent it. What cannot be read keeps no run from "
    "being one.",
)
def strava_gear(context: dg.AssetExecutionContext, config: GearReading) -> dg.MaterializeResult[None]:
    """Ask for gear that is not known yet."""
    # These load httpx and psycopg.
    from fitness_pipeline.steps.read_strava_gear import read_strava_gear
    from fitness_pipeline.steps.strava_quota import StravaQuota
    from fitness_pipeline.steps.strava_session import open_strava_api

    stopwatch = Stopwatch()
    with dagster_failures(), open_strava_api(load_settings(), is_live=not config.full_sync) as api:
        counts = read_strava_gear(api, is_full=config.full_sync, dagster_run_id=context.run.run_id)
        if counts.postponed:
            context.log.warning(f"{counts.postponed} gear is to be asked for later: {counts.reason}")
        return materialized(
            "raw.strava_gear",
            {
                "rows_in": counts.asked,
                "new": counts.new,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
                "rejected": counts.unreadable,
                "postponed": counts.postponed,
                "requests": api.calls,
                **budget(StravaQuota().remaining()),
            },
            stopwatch,
            newest_by="asked_at",
        )
