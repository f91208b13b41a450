"""The asset `normalized/runs`: what the providers say of each run, in our terms."""

from collections import Counter
from datetime import UTC, datetime

import dagster as dg

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.mmf_workouts import mmf_workouts
from fitness_pipeline.assets.reporting import Stopwatch, materialized, totals
from fitness_pipeline.assets.strava_activities import strava_activities
from fitness_pipeline.assets.strava_gear import strava_gear
from fitness_pipeline.settings import load_settings


@dg.asset(
    key=["normalized", "runs"],
    deps=[mmf_workouts, strava_activities, strava_gear],
    group_name="runs",
    kinds={"polars", "postgres"},
    owners=OWNERS,
    description="What the providers say of each run now: its id, UTC start, miles, seconds and shoe.",
)
def normalized_runs(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Normalize the raw rows that changed since the last time, one provider after the other."""
    from fitness_pipeline.steps.normalize import PROVIDERS, normalize  # loads polars

    stopwatch = Stopwatch()
    settings = load_settings()
    today = datetime.now(UTC).date()
    with dagster_failures():
        by_provider: dict[str, dict[str, int]] = {}
        other_activities: Counter[str] = Counter()
        for provider in PROVIDERS:
            counts = normalize(provider, settings, today=today, dagster_run_id=context.run.run_id)
            by_provider[provider] = {
                "rows_in": counts.rows,
                "new": counts.new,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
                "withdrawn": counts.withdrawn,
                "other_activities": counts.others,
                "rejected": counts.rejected,
            }
            other_activities.update(counts.others_by_type)
        told = {"other_activities_by_type": dict(other_activities.most_common())} if other_activities else {}
        return materialized(
            "normalized.runs",
            {**totals(by_provider), **told},
            stopwatch,
            newest_by="change_id",
        )
