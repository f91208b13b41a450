"""The asset `lifts`: every strength session as it is now."""

import dagster as dg

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.reporting import Stopwatch, materialized


@dg.asset(
    key=["lifts"],
    deps=[dg.AssetKey(["raw", "hevy_workouts"])],
    group_name="strength",
    kinds={"postgres"},
    owners=OWNERS,
    description="Every strength session as it is now, with each set. What it was before a change is in "
    "`normalized.lift_versions`.",
)
def lifts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Make lifts of the workouts that changed since the last time."""
    from fitness_pipeline.steps.normalize_hevy import normalize_hevy  # loads psycopg

    stopwatch = Stopwatch()
    with dagster_failures():
        counts = normalize_hevy(dagster_run_id=context.run.run_id)
        if counts.rejected:
            context.log.warning(
                f"{counts.rejected} workouts cannot be understood; `fitness-pipeline rejects` tells why."
            )
        return materialized(
            "public.lifts",
            {
                "rows_in": counts.rows,
                "new": counts.new,
                "changed": counts.changed + counts.deleted + counts.revived,
                "unchanged": counts.unchanged,
                "rejected": counts.rejected,
                "deleted": counts.deleted,
                "revived": counts.revived,
            },
            stopwatch,
            newest_by="start_time",
        )
