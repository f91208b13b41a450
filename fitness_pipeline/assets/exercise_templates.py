"""The asset `exercise_templates`: the exercises that lifts name."""

import dagster as dg

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.reporting import Stopwatch, materialized


@dg.asset(
    key=["exercise_templates"],
    deps=[dg.AssetKey(["raw", "hevy_exercise_templates"])],
    group_name="strength",
    kinds={"postgres"},
    owners=OWNERS,
    description="The exercises that lifts name, with their muscle groups as Hevy calls them.",
)
def exercise_templates() -> dg.MaterializeResult[None]:
    """Bring the exercises up to what Hevy sent last."""
    from fitness_pipeline.db.exercise_templates import write_exercise_templates  # loads psycopg

    stopwatch = Stopwatch()
    with dagster_failures():
        counts = write_exercise_templates()
        return materialized(
            "public.exercise_templates",
            {
                "rows_in": counts.rows,
                "new": counts.new,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
                "rejected": 0,
            },
            stopwatch,
            newest_by="id",
        )
