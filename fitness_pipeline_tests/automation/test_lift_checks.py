"""The checks of `lifts`: they warn of what to look at, and block nothing."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from fitness_pipeline.assets.hevy_workouts import hevy_workouts
from fitness_pipeline.automation.lift_checks import (
    exercises_name_known_templates,
    hevy_was_read_lately,
    lifts_are_as_many_as_hevy_counts,
    lifts_end_after_they_start,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.exercise_templates import write_exercise_templates
from fitness_pipeline.db.sync_metadata import update_last_sync_time
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.hevy_count import compare_count
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline.steps.rebuild import rebuild
from fitness_pipeline_tests.hevy_raw import (
    EVENING,
    exercise,
    put_templates,
    put_workouts,
    template,
    workout,
)


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


def test_a_count_that_differs_from_hevys_is_a_warning_until_they_are_compared_again(
    connection: AnyConnection,
) -> None:
    assert checked(lifts_are_as_many_as_hevy_counts).passed
    put_workouts(connection, workout("1"), workout("2"))
    normalize_hevy()
    assert checked(lifts_are_as_many_as_hevy_counts).passed
    at = datetime(2026, 4, 5, 3, 37, tzinfo=UTC)
    compare_count(connection, 3, at)
    assert_warns(
        checked(lifts_are_as_many_as_hevy_counts),
        "Hevy counted 3 workouts, but 2 were here (2026-04-05 03:37 UTC)",
        "`fitness-pipeline sync hevy --full`",
    )
    put_workouts(connection, workout("3"))
    normalize_hevy()
    compare_count(connection, 3, at)
    put_workouts(connection, workout("4"))
    normalize_hevy()
    result = checked(lifts_are_as_many_as_hevy_counts)
    assert result.passed
    assert {name: told.value for name, told in result.metadata.items()} == {
        "live_lifts": 4,
        "violations": 0,
        "count_at_hevy": 3,
        "count_here": 3,
        "compared_at": "2026-04-05 03:37 UTC",
    }


def test_a_workout_that_is_no_lift_although_it_could_be_is_a_warning(connection: AnyConnection) -> None:
    put_workouts(connection, workout("1"), workout("2", start_time=None))
    normalize_hevy()
    compare_count(connection, 2, EVENING)
    assert checked(lifts_are_as_many_as_hevy_counts).passed
    connection.execute("delete from lifts")
    assert_warns(checked(lifts_are_as_many_as_hevy_counts), "1 lifts", "hevy_1", "`fitness-pipeline rebuild`")
    rebuild(load_settings(), today=EVENING.date())
    assert checked(lifts_are_as_many_as_hevy_counts).passed


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


def read_lately(instance: dg.DagsterInstance) -> dg.AssetCheckResult:
    result = hevy_was_read_lately(dg.build_asset_check_context(instance=instance))
    assert isinstance(result, dg.AssetCheckResult)
    return result


def record_read(instance: dg.DagsterInstance, at: datetime) -> None:
    """Have an instance believe that a read came to its end then."""
    with dg.DagsterInstance.ephemeral() as other:
        other.report_runless_asset_event(dg.AssetMaterialization(hevy_workouts.key))
        event = other.get_latest_materialization_event(hevy_workouts.key)
    assert event is not None
    instance.store_event(event._replace(timestamp=at.timestamp()))


def test_hevy_that_was_not_read_lately_is_a_warning(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HEVY_API_KEY", "a key")
    now = datetime.now(UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        assert_warns(read_lately(instance), "not been read completely yet")
        record_read(instance, now - timedelta(days=3))
        assert_warns(read_lately(instance), "last read completely at", "its schedule is running")
        record_read(instance, now - timedelta(days=1))
        assert read_lately(instance).passed


def test_hevy_is_read_lately_also_when_nobody_lifts_for_weeks(
    environment: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    environment.setenv("HEVY_API_KEY", "a key")
    update_last_sync_time("hevy", datetime.now(UTC) - timedelta(days=30))
    with dg.DagsterInstance.ephemeral() as instance:
        record_read(instance, datetime.now(UTC))
        assert read_lately(instance).passed


def test_hevy_that_is_not_connected_need_not_be_read(environment: pytest.MonkeyPatch) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = read_lately(instance)
        assert (result.passed, result.description) == (True, "Hevy is not connected.")
        record_read(instance, datetime.now(UTC) - timedelta(days=99))
        assert read_lately(instance).passed
