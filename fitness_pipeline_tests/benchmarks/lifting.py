"""Stored Hevy workouts to committed lifts: how fast, and what it costs to find that nothing changed."""

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline_tests.benchmarks.harness import (
    best,
    drop_database,
    fresh_database,
    note,
    report,
    seconds,
)
from fitness_pipeline_tests.benchmarks.workout_models import add_up_with_set_models
from fitness_pipeline_tests.benchmarks.workouts import EXERCISES, SETS, store_many_workouts

WORKOUTS = 50_000


def benchmark_lifting(server: EmbeddedServer) -> None:
    """Print the ratios of making lifts."""
    with fresh_database(server) as (connection, name):
        store_many_workouts(connection, WORKOUTS)
        connection.execute("vacuum analyze")
        payloads = [row[0] for row in connection.execute("select payload::text from raw.hevy_workouts")]
        computing = seconds(lambda: _compute(connection))
    ours, models = best(
        5,
        lambda: _normalize_seconds(server, name),
        lambda: seconds(lambda: add_up_with_set_models(payloads)),
    )
    with fresh_database(server, name) as (connection, _):
        normalize_hevy(conn=connection)
        connection.execute("update normalized.progress set rules = 'others'")
        unchanged = seconds(lambda: normalize_hevy(conn=connection))
        nothing = seconds(lambda: normalize_hevy(conn=connection))
    drop_database(server, name)
    note(
        f"{WORKOUTS:,} stored workouts of {EXERCISES * SETS} sets to committed lifts: {ours:.2f} s, "
        f"{WORKOUTS / ours:,.0f}/s; json.loads and a model a set {models:.2f} s"
    )
    report("lifts_vs_json_and_set_models", models / ours, 5)
    note(
        f"what they say is computed when they are stored, {computing / WORKOUTS * 1000:.2f} ms a workout; "
        f"comparing all of them again {unchanged:.2f} s, without news {nothing * 1000:.0f} ms"
    )


def _compute(connection: AnyConnection) -> None:
    connection.execute(
        """
        select count(normalized.lift_exercises(payload)), sum(normalized.lift_volume_kg(payload)),
               sum(normalized.lift_total_sets(payload))
        from raw.hevy_workouts
        """
    )


def _normalize_seconds(server: EmbeddedServer, template: str) -> float:
    with fresh_database(server, template) as (connection, _):
        connection.execute("select count(total_sets) from raw.hevy_workouts")  # a first query loads the pages
        return seconds(lambda: normalize_hevy(conn=connection))
