"""The asset `raw/hevy_exercise_templates`: the exercises that workouts name, as Hevy sent them."""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.hevy_workouts import hevy_workouts
from fitness_pipeline.assets.reporting import Stopwatch, materialized
from fitness_pipeline.settings import load_settings


class TemplateReading(dg.Config):
    """Which exercise templates to ask for."""

    full_sync: bool = Field(default=False, description="List all of them again, which finds new names.")


@dg.asset(
    key=["raw", "hevy_exercise_templates"],
    deps=[hevy_workouts],
    output_required=False,
    group_name="strength",
    kinds={"api", "postgres"},
    owners=OWNERS,
    description="The exercises that workouts name, as Hevy sent them. One that cannot be read keeps no "
    "workout from being a lift.",
)
def hevy_exercise_templates(
    context: dg.AssetExecutionContext, config: TemplateReading
) -> Iterator[dg.MaterializeResult[None]]:
    """Ask for exercise templates that are not known yet."""
    # These load httpx and psycopg.
    from fitness_pipeline.steps.hevy_access import find_obstacle
    from fitness_pipeline.steps.read_hevy_templates import read_hevy_templates

    stopwatch = Stopwatch()
    settings = load_settings()
    if obstacle := find_obstacle(settings):
        context.log.warning(f"Skipped. {obstacle}")
        return
    with dagster_failures():
        counts = read_hevy_templates(
            settings,
            is_full=config.full_sync,
            dagster_run_id=context.run.run_id,
            on_progress=context.log.info,
        )
        if counts.reason is not None:
            context.log.warning(f"{counts.postponed} templates are to be asked for later: {counts.reason}")
        yield materialized(
            "raw.hevy_exercise_templates",
            {
                "rows_in": counts.new + counts.changed + counts.unchanged + counts.unreadable,
                "new": counts.new,
                "changed": counts.changed,
                "unchanged": counts.unchanged,
                "rejected": counts.unreadable,
                "postponed": counts.postponed,
                "requests": counts.calls,
            },
            stopwatch,
            newest_by="change_id",
        )
