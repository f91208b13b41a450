"""The asset `normalized/runs`: what the providers say of each run, in our terms."""

from datetime import UTC, datetime

import dagster as dg

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.mmf_workouts import mmf_workouts
from fitness_pipeline.assets.reporting import Stopwatch, materialized
from fitness_pipeline.settings import load_settings


@dg.asset(
    key=["normalized", "runs"],
    deps=[mmf_workouts],
    group_name="runs",
    kinds={"polars", "postgres"},
    owners=OWNERS,
    description="What the providers say of each run now: its id, UTC start, miles, seconds and shoe.",
)
def normalized_runs(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Normalize the raw rows that changed since the last time."""
    from fitness_pipeline.steps.normalize_mapmyfitness import normalize_mapmyfitness  # loads polars

    stopwatch = Stopwatch()
    with dagster_failures():
        counts = normalize_mapmyfitness(
            default_time_zone=load_settings().mmf_timezone,
            today=datetime.now(UTC).date(),
            dagster_run_id=context.run.run_id,
        )
        return materialized(
            "normalized.runs",
            {
                "rows_in": counts.new + counts.changed + counts.unchanged + counts.others + counts.rejected,
                "new": counts.new,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
                "withdrawn": counts.withdrawn,
                "other_activities": counts.others,
                "rejected": counts.rejected,
            },
            stopwatch,
            newest_by="change_id",
        )
