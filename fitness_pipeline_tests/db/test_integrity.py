"""Checks on `runs` find what breaks a rule, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.integrity import (
    Violations,
    runs_unlike_their_newest_version,
    runs_with_foreign_ids,
    runs_with_impossible_values,
)
from fitness_pipeline_tests.builders import create_runs, new_run

NONE = Violations(0, [])


@pytest.fixture
def sound(scratch: AnyConnection) -> AnyConnection:
    """Runs that break no rule: one as it was imported, one edited, one deleted, one without heart rate."""
    create_runs(
        scratch,
        new_run("mmf_1", avg_heart_rate=20.0),
        new_run("mmf_2", avg_heart_rate=250.0),
        new_run("strava_3"),
    )
    db.runs_history.update_run_with_history(
        "mmf_2", {"distance": 4, "avg_heart_rate": 99}, "Ada", conn=scratch
    )
    db.runs_history.soft_delete_run("strava_3", "Ada", conn=scratch)
    return scratch


def test_sound_runs_pass(sound: AnyConnection) -> None:
    assert runs_unlike_their_newest_version(conn=sound) == NONE
    assert runs_with_foreign_ids(conn=sound) == NONE
    assert runs_with_impossible_values(conn=sound) == NONE


@pytest.mark.parametrize(
    "change",
    [
        "version = version + 1",
        "version = 1",
        "distance = 9",
        "duration = 9",
        "type = 'Treadmill Run'",
        "source = 'Strava'",
        "avg_heart_rate = null",
        "datetime_utc = datetime_utc + interval '1 second'",
        "shoe_id = 'ghost_15'",
    ],
)
def test_a_run_that_is_unlike_its_newest_version_is_found(sound: AnyConnection, change: str) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=sound)
    sound.execute(f"update runs set {change} where id = 'mmf_2'".encode())  # noqa: S608 - written above
    assert runs_unlike_their_newest_version(conn=sound) == Violations(1, ["mmf_2"])


def test_a_run_without_history_is_found(sound: AnyConnection) -> None:
    sound.execute("delete from runs_history where run_id = 'mmf_1'")
    assert runs_unlike_their_newest_version(conn=sound) == Violations(1, ["mmf_1"])


def test_a_version_that_the_run_does_not_have_yet_is_found(sound: AnyConnection) -> None:
    sound.execute(
        """
        insert into runs_history
               (run_id, version_number, change_type, datetime_utc, type, distance, duration, source)
        select id, 2, 'edit', datetime_utc, type, distance, duration, source from runs where id = 'mmf_1'
        """
    )
    assert runs_unlike_their_newest_version(conn=sound) == Violations(1, ["mmf_1"])


def test_an_id_that_does_not_match_its_source_is_found(sound: AnyConnection) -> None:
    create_runs(
        sound,
        new_run("mmf_8", source="Strava"),
        new_run("strava_9", source="MapMyFitness"),
        new_run("mmfx", source="MapMyFitness"),
    )
    assert runs_with_foreign_ids(conn=sound) == Violations(3, ["mmf_8", "mmfx", "strava_9"])


@pytest.mark.parametrize(
    "values",
    [
        {"avg_heart_rate": 19.9},
        {"avg_heart_rate": 250.1},
        {"datetime_utc": datetime(1899, 12, 31, tzinfo=UTC)},
        {"datetime_utc": datetime.now(UTC) + timedelta(days=3)},
    ],
    ids=["a slow heart", "a fast heart", "long ago", "in the future"],
)
def test_an_impossible_value_is_found(sound: AnyConnection, values: dict[str, object]) -> None:
    create_runs(sound, new_run("mmf_9", **values))
    assert runs_with_impossible_values(conn=sound) == Violations(1, ["mmf_9"])


def test_of_many_violations_some_are_named(sound: AnyConnection) -> None:
    create_runs(sound, *(new_run(f"x_{number}") for number in range(9)))
    found = runs_with_foreign_ids(conn=sound)
    assert (found.count, found.examples) == (9, ["x_0", "x_1", "x_2", "x_3", "x_4"])


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    create_runs(connection, new_run("x_1", avg_heart_rate=1.0))
    assert runs_unlike_their_newest_version() == NONE
    assert runs_with_foreign_ids().examples == ["x_1"]
    assert runs_with_impossible_values().examples == ["x_1"]
