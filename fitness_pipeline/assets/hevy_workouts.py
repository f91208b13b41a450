"""The asset `raw/hevy_workouts`: the strength sessions as Hevy sent them."""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.reporting import Stopwatch, materialized
from fitness_pipeline.settings import load_settings


class HevyReading(dg.Config):
    """What to read. Without anything: what happened since the last sync."""

    full_sync: bool = Field(default=False, description="List everything; the first sync does so anyway.")
    check_count: bool = Field(
        default=False,
        description="Compare Hevy's own count with what is here, and list everything if they differ.",
    )


@dg.asset(
    key=["raw", "hevy_workouts"],
    output_required=False,
    group_name="strength",
    kinds={"api", "postgres"},
    owners=OWNERS,
    description="The newest state of each Hevy workout, as it was sent. Without a key it is skipped.",
)
def hevy_workouts(
    context: dg.AssetExecutionContext, config: HevyReading
) -> Iterator[dg.MaterializeResult[None]]:
    """Store the workouts that are new or changed, and mark those that are gone."""
    # These load httpx and psycopg.
    from fitness_pipeline.steps.hevy_access import find_obstacle
    from fitness_pipeline.steps.read_hevy import read_hevy

    stopwatch = Stopwatch()
    settings = load_settings()
    if obstacle := find_obstacle(settings):
        context.log.warning(f"Skipped. {obstacle}")
        return
    with dagster_failures():
        read = read_hevy(
            settings,
            is_full=config.full_sync,
            checks_count=config.check_count,
            dagster_run_id=context.run.run_id,
            on_progress=context.log.info,
        )
        yield materialized(
            "raw.hevy_workouts",
            {
                "rows_in": read.rows_in,
                "new": read.new,
                "changed": read.changed,
                "unchanged": read.unchanged,
                "rejected": read.rejected,
                "deleted": read.deleted,
                "undecided": read.undecided,
                "read": read.kind,
                **({"count_at_hevy": read.count_at_hevy} if read.count_at_hevy is not None else {}),
                "requests": read.calls,
            },
            stopwatch,
            newest_by="change_id",
        )
