"""Lifts that are not as their workout says are found, put right, and kept as they were."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.lifts import get_lift_by_id, get_lift_versions
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline.steps.rebuild import rebuild, verify
from fitness_pipeline_tests.builders import TODAY, row_versions, settings_in
from fitness_pipeline_tests.hevy_raw import delete_workouts, put_workouts, workout

DAMAGES = {
    "a lift that was changed by hand": "update lifts set total_volume_kg = 1 where id = 'hevy_1'",
    "a lift that is missing": "delete from lifts where id = 'hevy_1'",
    "a lift that was deleted by hand": "update lifts set deleted_at = now() where id = 'hevy_1'",
    "a deleted lift that was brought back": "update lifts set deleted_at = null where id = 'hevy_3'",
}


@pytest.fixture
def lifting(scratch: AnyConnection) -> AnyConnection:
    """Three lifts, of which the third was deleted."""
    put_workouts(scratch, *(workout(id) for id in ("1", "2", "3")))
    normalize_hevy(conn=scratch)
    delete_workouts(scratch, "3")
    normalize_hevy(conn=scratch)
    return scratch


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_is_found_and_put_right(lifting: AnyConnection, damage: str) -> None:
    before = {id: get_lift_by_id(id, True, conn=lifting) for id in ("hevy_1", "hevy_2", "hevy_3")}
    lifting.execute(DAMAGES[damage].encode())
    damaged = {id: get_lift_by_id(id, True, conn=lifting) for id in before}
    assert verify(settings_in(), today=TODAY, conn=lifting).lifts == 1
    assert {id: get_lift_by_id(id, True, conn=lifting) for id in before} == damaged

    assert rebuild(settings_in(), today=TODAY, conn=lifting).found.lifts == 1
    for id, lift in before.items():
        mended = get_lift_by_id(id, True, conn=lifting)
        assert lift is not None
        assert mended is not None
        assert (mended.exercises, mended.total_volume_kg) == (lift.exercises, lift.total_volume_kg)
        assert (mended.deleted_at is None) == (lift.deleted_at is None)
    assert verify(settings_in(), today=TODAY, conn=lifting).is_all_well


def test_what_a_lift_was_changed_to_by_hand_is_kept(lifting: AnyConnection) -> None:
    lifting.execute(DAMAGES["a lift that was changed by hand"].encode())
    rebuild(settings_in(), today=TODAY, conn=lifting)
    assert [version.state["total_volume_kg"] for version in get_lift_versions("hevy_1", conn=lifting)] == [1]


def test_where_all_is_well_nothing_is_written(lifting: AnyConnection) -> None:
    rebuild(settings_in(), today=TODAY, conn=lifting)
    before = row_versions(lifting)
    assert rebuild(settings_in(), today=TODAY, conn=lifting).found.is_all_well
    assert row_versions(lifting) == before


def test_what_was_read_and_not_worked_through_is_no_difference(lifting: AnyConnection) -> None:
    put_workouts(lifting, workout("4"))
    assert verify(settings_in(), today=TODAY, conn=lifting).is_all_well
    rebuild(settings_in(), today=TODAY, conn=lifting)
    assert get_lift_by_id("hevy_4", conn=lifting) is not None
