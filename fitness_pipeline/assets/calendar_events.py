"""The asset `calendar_events`: every run on the calendar, exactly once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg
from pydantic import Field

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.reporting import Stopwatch, materialized
from fitness_pipeline.assets.runs import runs
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.settings import load_settings


class CalendarOptions(dg.Config):
    """What to do. Without anything: what the runs ask for."""

    dry_run: bool = Field(default=False, description="Only tell what would be done.")
    since: str | None = Field(
        default=None, description="Show the runs since this day (2020-01-31), too, from now on."
    )


@dg.asset(
    key=["calendar_events"],
    deps=[runs],
    output_required=False,
    group_name="calendar",
    kinds={"api", "googlecalendar"},
    owners=OWNERS,
    description="Every run on Google Calendar, exactly once; what it holds of each is in `synced_runs`. "
    "While Google is not connected it is skipped.",
)
def calendar_events(
    context: dg.AssetExecutionContext, config: CalendarOptions
) -> Iterator[dg.MaterializeResult[None]]:
    """Write what differs from the runs to the calendar."""
    # These load psycopg, and Google's client.
    from fitness_pipeline.steps.google_access import find_obstacle
    from fitness_pipeline.steps.plan_calendar import preview_calendar
    from fitness_pipeline.steps.sync_calendar import sync_calendar

    stopwatch = Stopwatch()
    settings = load_settings()
    if obstacle := find_obstacle(settings):
        context.log.warning(f"Skipped. {obstacle}")
        return
    with dagster_failures():
        since = _day(config.since)
        if config.dry_run:
            plan = preview_calendar(settings, now=datetime.now(UTC), since=since)
            context.log.info(f"Nothing was done. A sync would do this: {plan.sentence}.")
            context.log_event(
                dg.AssetObservation(asset_key=context.asset_key, metadata={"plan": plan.sentence})
            )
            return
        work = sync_calendar(settings, since=since, on_progress=context.log.info)
        if work.failed:
            context.log.warning(
                f"Google refused {work.failed} events; `fitness-pipeline status` tells why. They are tried "
                "again by themselves."
            )
        yield materialized(
            "public.synced_runs",
            {
                "plan": work.plan.sentence,
                "created": work.created,
                "updated": work.updated,
                "deleted": work.deleted,
                "failed": work.failed,
                "deleted_by_the_runner": work.declined,
                "requests": work.requests,
            },
            stopwatch,
            newest_by="id",
        )


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"{text!r} is no day. Write `since` as 2020-01-31.") from None
