"""The checks of `lifts`: they warn of what to look at, and block nothing."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from fitness_pipeline.automation.lift_checks import (
    exercises_name_known_templates,
    hevy_was_read_lately,
    lifts_end_after_they_start,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import write_exercise_templates
from fitness_pipeline.db.sync_metadata import update_last_sync_time
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline_tests.hevy_raw import exercise, put_templates, put_workouts, template, workout


def checked(check: dg.AssetChecksDefinition) -> dg.AssetCheckResult:
    result = check()
    assert isinstance(result, dg.AssetCheckResult)
    return result


def assert_warns(result: dg.AssetCheckResult, *words: str) -> None:
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert all(word in (result.description or "") for word in words), result.description


def lately(**fields: str) -> dict[str, object]:
    return workout(
        "1",
        exercise(title="Squat"),
        **{"start_time": f"{datetime.now(UTC) - timedelta(days=9):%Y-%m-%dT%H:%M:%SZ}", **fields},
    )


def test_a_lift_that_ends_before_it_starts_is_a_warning(connection: AnyConnection) -> None:
    put_workouts(connection, workout("1"))
    normalize_hevy()
    assert checked(lifts_end_after_they_start).passed
    put_workouts(connection, workout("1", end_time="2026-04-01T19:00:00Z"))
    normalize_hevy()
    assert_warns(checked(lifts_end_after_they_start), "1 lifts", "hevy_1", "in Hevy")


def test_an_exercise_whose_template_is_not_known_is_a_warning(connection: AnyConnection) -> None:
    put_workouts(connection, lately())
    normalize_hevy()
    assert_warns(checked(exercises_name_known_templates), "1 exercises", "Squat", "`unknown`")
    put_templates(connection, [template()])
    write_exercise_templates()
    assert checked(exercises_name_known_templates).passed


def test_what_was_lifted_long_ago_needs_no_template(connection: AnyConnection) -> None:
    put_workouts(connection, lately(start_time="2020-01-01T20:00:00Z"))
    normalize_hevy()
    assert checked(exercises_name_known_templates).passed


def test_hevy_that_was_not_read_lately_is_a_warning(
    connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HEVY_API_KEY", "a key")
    assert_warns(checked(hevy_was_read_lately), "not been read completely yet")
    update_last_sync_time("hevy", datetime.now(UTC) - timedelta(days=3))
    assert_warns(checked(hevy_was_read_lately), "only until", "its schedule is running")
    update_last_sync_time("hevy", datetime.now(UTC) - timedelta(days=1))
    assert checked(hevy_was_read_lately).passed


def test_hevy_that_is_not_connected_need_not_be_read(connection: AnyConnection) -> None:
    result = checked(hevy_was_read_lately)
    assert (result.passed, result.description) == (True, "Hevy is not connected.")
    update_last_sync_time("hevy", datetime.now(UTC) - timedelta(days=99))
    assert checked(hevy_was_read_lately).passed
