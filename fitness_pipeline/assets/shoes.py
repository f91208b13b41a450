"""The asset `shoes`."""

import dagster as dg

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.normalized_runs import normalized_runs
from fitness_pipeline.assets.reporting import Stopwatch, materialized


@dg.asset(
    key=["shoes"],
    deps=[normalized_runs],
    group_name="runs",
    kinds={"postgres"},
    owners=OWNERS,
    description="The shoes that runs were run in, by their normalised names.",
)
def shoes() -> dg.MaterializeResult[None]:
    """Create the shoes that runs name and that do not exist yet."""
    from fitness_pipeline.db.merge import create_missing_shoes  # loads psycopg
    from fitness_pipeline.db.shoes import count_shoes

    stopwatch = Stopwatch()
    with dagster_failures():
        created = create_missing_shoes("mmf")
        total = count_shoes()
        return materialized(
            "public.shoes",
            {"rows_in": total, "new": created, "changed": 0, "unchanged": total - created, "rejected": 0},
            stopwatch,
            newest_by="created_at",
        )
