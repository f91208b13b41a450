"""The asset `runs`: every run as it is now, with its history beside it."""

import dagster as dg
from pydantic import Field

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.normalized_runs import normalized_runs
from fitness_pipeline.assets.reporting import Stopwatch, materialized, totals
from fitness_pipeline.assets.shoes import shoes


class MergeOptions(dg.Config):
    """How far the merge may go."""

    confirm_deletions: bool = Field(
        default=False,
        description="Carry out deletions even when they are so many at once that they look like a mistake.",
    )


@dg.asset(
    key=["runs"],
    deps=[normalized_runs, shoes],
    group_name="runs",
    kinds={"postgres"},
    owners=OWNERS,
    description="Every run as it is now. Each change is a version in `runs_history`; the runner's own edits "
    "stay whatever the providers say.",
)
def runs(context: dg.AssetExecutionContext, config: MergeOptions) -> dg.MaterializeResult[None]:
    """Merge what the providers say of runs into `runs`, with history."""
    from fitness_pipeline.db.merge import merge_runs  # loads psycopg
    from fitness_pipeline.steps.normalize import PROVIDERS  # loads polars

    stopwatch = Stopwatch()
    with dagster_failures():
        by_provider: dict[str, dict[str, int]] = {}
        for provider in PROVIDERS:
            counts = merge_runs(provider, are_deletions_confirmed=config.confirm_deletions)
            if counts.held_back:
                context.log.warning(
                    f"{counts.held_back} runs ({provider}) would be deleted at once, so none was. If that is "
                    "meant, run this asset again with `confirm_deletions: true`."
                )
            changed = counts.updated + counts.deleted + counts.revived
            by_provider[provider] = {
                "rows_in": counts.concerned,
                "new": counts.inserted,
                "changed": changed,
                "unchanged": counts.concerned - counts.inserted - changed,
                "rejected": 0,
                "deleted": counts.deleted,
                "revived": counts.revived,
                "held_back": counts.held_back,
                "conflicts": counts.conflicts,
            }
        return materialized("public.runs", totals(by_provider), stopwatch, newest_by="datetime_utc")
