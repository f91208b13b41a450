"""The asset `shoes`."""

import dagster as dg

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.normalized_runs import normalized_runs
from fitness_pipeline.assets.reporting import Stopwatch, materialized, totals
from fitness_pipeline.settings import load_settings


@dg.asset(
    key=["shoes"],
    deps=[normalized_runs],
    group_name="runs",
    kinds={"postgres"},
    owners=OWNERS,
    description="The shoes that runs were run in, by their normalised names. What is retired on Strava is "
    "retired here, unless the runner says otherwise.",
)
def shoes() -> dg.MaterializeResult[None]:
    """Create the shoes that runs name and that do not exist yet, and retire those that Strava retires."""
    from fitness_pipeline.db.merge import create_missing_shoes  # loads psycopg
    from fitness_pipeline.db.shoe_retirements import mirror_retirements
    from fitness_pipeline.db.shoes import count_shoes
    from fitness_pipeline.steps.normalize import PROVIDERS  # loads polars

    stopwatch = Stopwatch()
    home = load_settings().mmf_timezone
    with dagster_failures():
        known = mirror_retirements(time_zone=home)
        created = {provider: {"new": create_missing_shoes(provider)} for provider in PROVIDERS}
        # By itself, so that a shoe that is new and retired at once counts as new only.
        new = mirror_retirements(time_zone=home)
        total = count_shoes()
        told = totals(created)
        changed = known.retired + known.unretired
        return materialized(
            "public.shoes",
            {
                "rows_in": total,
                **told,
                "changed": changed,
                "unchanged": total - told["new"] - changed,
                "rejected": 0,
                "retired": known.retired + new.retired,
                "unretired": known.unretired + new.unretired,
            },
            stopwatch,
            newest_by="created_at",
        )
