"""Lifts are found by time and by id; deleted ones only by those who ask for them."""

from datetime import timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.lifts import get_lift_by_id, get_lift_versions, get_lifts
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline_tests.hevy_raw import EVENING, delete_workouts, put_workouts, workout


@pytest.fixture
def three(scratch: AnyConnection) -> AnyConnection:
    """Lifts of three evenings, the second of which is deleted."""
    days = [EVENING + timedelta(days=number) for number in range(3)]
    put_workouts(scratch, *(workout(str(id), start_time=day.isoformat()) for id, day in enumerate(days)))
    delete_workouts(scratch, "1")
    normalize_hevy(conn=scratch)
    return scratch


def ids(connection: AnyConnection, **wanted: object) -> list[str]:
    return [lift.id for lift in get_lifts(conn=connection, **wanted)]  # type: ignore[arg-type]


def test_the_newest_lift_comes_first_and_deleted_ones_are_left_out(three: AnyConnection) -> None:
    assert ids(three) == ["hevy_2", "hevy_0"]
    assert ids(three, include_deleted=True) == ["hevy_2", "hevy_1", "hevy_0"]
    assert ids(three, limit=1) == ["hevy_2"]


def test_a_period_has_its_beginning_in_it_and_not_its_end(three: AnyConnection) -> None:
    end = EVENING + timedelta(days=2)
    assert ids(three, since=EVENING, until=end) == ["hevy_0"]
    assert ids(three, since=EVENING + timedelta(seconds=1)) == ["hevy_2"]
    assert ids(three, until=end + timedelta(seconds=1)) == ["hevy_2", "hevy_0"]


def test_a_lift_is_found_by_its_id(three: AnyConnection) -> None:
    found = get_lift_by_id("hevy_2", conn=three)
    assert found is not None
    assert found.title == "Push Day"
    assert get_lift_by_id("hevy_1", conn=three) is None
    assert get_lift_by_id("hevy_1", include_deleted=True, conn=three) is not None
    assert get_lift_by_id("hevy_9", conn=three) is None
    assert get_lift_versions("hevy_9", conn=three) == []
