"""The assets of strength training: what each of them tells."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from fitness_pipeline.assets.exercise_templates import exercise_templates
from fitness_pipeline.assets.lifts import lifts
from fitness_pipeline.assets.strength_progress import strength_progress
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.hevy_raw import (
    SQUAT,
    a_set,
    delete_workouts,
    exercise,
    put_templates,
    put_workouts,
    template,
    workout,
)

Told = dict[str, dict[str, Any]]


@pytest.fixture
def instance(database_url: str) -> Iterator[dg.DagsterInstance]:
    """A Dagster that forgets everything."""
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def materialize(instance: dg.DagsterInstance) -> Told:
    """What each asset tells of its materialization."""
    result = dg.materialize(
        [lifts, exercise_templates, strength_progress],
        instance=instance,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    assert result.success
    return {
        event.step_materialization_data.materialization.asset_key.to_user_string(): {
            name: value.value
            for name, value in event.step_materialization_data.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
    }


def lately(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


COUNTS = ("rows_in", "new", "changed", "unchanged", "rejected", "deleted", "revived")


def counted(told: dict[str, Any]) -> dict[str, int]:
    return {name: told[name] for name in COUNTS if told.get(name)}


def test_lifts_tell_what_became_of_each_workout(
    instance: dg.DagsterInstance, connection: AnyConnection
) -> None:
    put_workouts(connection, workout("1"), workout("2"), workout("3", start_time=None))
    told = materialize(instance)["lifts"]
    assert counted(told) == {"rows_in": 3, "new": 2, "rejected": 1}
    assert told["dagster/table_name"] == "public.lifts"
    assert "Push Day" in told["preview"]

    put_workouts(connection, workout("1", title="Pull Day"))
    delete_workouts(connection, "2")
    assert counted(materialize(instance)["lifts"]) == {"rows_in": 2, "changed": 2, "deleted": 1}
    put_workouts(connection, workout("2"))
    assert counted(materialize(instance)["lifts"]) == {"rows_in": 1, "changed": 1, "revived": 1}
    assert counted(materialize(instance)["lifts"]) == {}


def test_exercise_templates_tell_what_is_new(instance: dg.DagsterInstance, connection: AnyConnection) -> None:
    put_templates(connection, [template(), template(SQUAT, title="Squat")])
    assert counted(materialize(instance)["exercise_templates"]) == {"rows_in": 2, "new": 2}
    put_templates(connection, [template(SQUAT, title="Back Squat")])
    told = materialize(instance)["exercise_templates"]
    assert counted(told) == {"rows_in": 2, "changed": 1, "unchanged": 1}


def test_progress_shows_charts_of_the_last_weeks(
    instance: dg.DagsterInstance, connection: AnyConnection
) -> None:
    put_templates(connection, [template()])
    put_workouts(
        connection,
        workout("1", exercise(a_set(weight_kg=60), a_set(weight_kg=62.5)), start_time=lately(1)),
        workout("2", start_time=lately(100)),
        workout("3", exercise(title="Squat"), start_time=lately(2000)),
    )
    told = materialize(instance)["strength_progress"]
    assert (told["sessions"], told["sets"], told["volume_kg"]) == (2, 3, 1825.0)
    assert "1,225" in told["volume_of_26_weeks"]
    assert "█" in told["volume_of_26_weeks"]
    assert "| chest | 2 | 0 | 0.5 |" in told["muscle_groups_of_4_weeks"]
    assert "| triceps | 0 | 2 | 0.2 |" in told["muscle_groups_of_4_weeks"]
    (row,) = told["best_sets_of_52_weeks"].splitlines()[2:]
    assert row.startswith("| Bench Press (Barbell) | 2 | 62.5 kg x 10 | 83.3 |")


def test_progress_without_any_lift_is_no_failure(instance: dg.DagsterInstance) -> None:
    told = materialize(instance)["strength_progress"]
    assert (told["sessions"], told["volume_of_26_weeks"]) == (0, "*nothing in this time*")
