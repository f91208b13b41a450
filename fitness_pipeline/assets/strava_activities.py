"""The asset `raw/strava_activities`: the athlete's activities as Strava sent them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.patience import within_quota
from fitness_pipeline.assets.reporting import Stopwatch, materialized
from fitness_pipeline.assets.strava_budget import budget
from fitness_pipeline.assets.strava_months import strava_months
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.settings import load_settings

if TYPE_CHECKING:
    from fitness_pipeline.steps.read_strava_activities import ActivitiesRead
    from fitness_pipeline.steps.strava_plan import ReadPlan


class StravaReading(dg.Config):
    """What to read. Without anything: the selected months, or, if none is selected, what may be new."""

    full_sync: bool = Field(
        default=False, description="Read everything, whatever months are selected; finds old deletions, too."
    )
    incremental: bool = Field(
        default=False,
        description="Read what may be new since the last sync. The schedule sets this; the selected months "
        "then only say which ones that concerns.",
    )
    since: str | None = Field(default=None, description="The first day (UTC) to read, such as 2026-01-31.")
    until: str | None = Field(default=None, description="The last day (UTC) to read.")
    wait_for_quota: bool = Field(
        default=True,
        description="Wait out a quarter of an hour for which Strava answers no more; otherwise that fails.",
    )


@contextmanager
def _backfill_policies_are_meant() -> Iterator[None]:
    """Keep Dagster from telling everybody at each start that this parameter is in beta: we know."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Parameter `backfill_policy`", dg.BetaWarning)
        yield


with _backfill_policies_are_meant():

    @dg.asset(
        key=["raw", "strava_activities"],
        partitions_def=strava_months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name="strava",
        kinds={"api", "postgres"},
        owners=OWNERS,
        description="The newest row of each Strava activity, as it was sent. A month is filled when its "
        "activities were read.",
    )
    def strava_activities(
        context: dg.AssetExecutionContext, config: StravaReading
    ) -> dg.MaterializeResult[None]:
        """Store the activities that are new or changed, and mark those that are gone."""
        # These load httpx and psycopg.
        from fitness_pipeline.steps.read_strava_activities import read_strava_activities
        from fitness_pipeline.steps.strava_plan import ReadRequest
        from fitness_pipeline.steps.strava_retention import apply_strava_retention

        stopwatch = Stopwatch()
        settings = load_settings()
        has_months = context.has_partition_key or context.has_partition_key_range
        months = context.partition_time_window if has_months else None
        with dagster_failures():
            # First of all: it is due whether Strava answers or not.
            emptied = apply_strava_retention(settings, now=datetime.now(UTC))
            request = ReadRequest(
                is_full=config.full_sync,
                is_incremental=config.incremental,
                since=_day(config.since),
                until=_day(config.until),
                months=(months.start, months.end) if months is not None else None,
            )

            def read_all() -> "ActivitiesRead":
                return read_strava_activities(
                    settings,
                    request,
                    dagster_run_id=context.run.run_id,
                    on_progress=context.log.info,
                )

            if config.wait_for_quota:
                read = within_quota(read_all, on_wait=context.log.warning)
            else:
                read = read_all()
            result = materialized(
                "raw.strava_activities",
                {
                    "rows_in": read.rows_in,
                    "new": read.new,
                    "changed": read.changed,
                    "unchanged": read.unchanged,
                    "rejected": read.rejected,
                    "deleted": read.deleted,
                    "undecided": read.undecided,
                    **({"emptied": emptied} if emptied else {}),
                    "read": read.plan.kind,
                    "from": f"{read.plan.after:%Y-%m-%d}",
                    "to": f"{read.plan.before:%Y-%m-%d}",
                    "requests": read.calls,
                    **budget(read.calls_left),
                },
                stopwatch,
                newest_by="start_date",
            )
        _fill_other_months(context, read.plan, has_months=has_months)
        return result


def months_of(after: datetime, before: datetime) -> list[str]:
    """Return the partition keys of the months that a window touches.

    Args:
        after: its first instant.
        before: its end, which is not in it.
    """
    return [
        key
        for key in strava_months.get_partition_keys()
        if (window := strava_months.time_window_for_partition_key(key)).start < before and window.end > after
    ]


def _months_read(plan: "ReadPlan") -> list[str]:
    """Return the months that are known from end to end now.

    What was read since the last sync completes the months that it touches; a window of its own does not.
    """
    touched = months_of(plan.after, plan.before)
    if plan.kind != "window":
        return touched
    windows = {key: strava_months.time_window_for_partition_key(key) for key in touched}
    return [key for key in touched if plan.after <= windows[key].start and windows[key].end <= plan.before]


def _fill_other_months(context: dg.AssetExecutionContext, plan: "ReadPlan", *, has_months: bool) -> None:
    """Mark the months that were read although they were not selected, such as by a full sync."""
    own = set(context.partition_keys) if has_months else set()
    for key in _months_read(plan):
        if key not in own:
            read = {"read": plan.kind}
            context.log_event(dg.AssetMaterialization(context.asset_key, partition=key, metadata=read))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidValue(f"{text!r} is no day. Write it as 2026-01-31.") from None
