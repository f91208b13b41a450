"""Each damage, done to runs in every situation at once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts, settle_conflict
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import Importer, Workout, history
from fitness_pipeline_tests.db.sides import delete, edit, restore
from fitness_pipeline_tests.steps.damages import DAMAGES, do_damage, state_of
from fitness_pipeline_tests.steps.rebuild.rebuilding import (
    NOTHING,
    finish_strava,
    list_activities,
    rebuild,
    verify,
)
from fitness_pipeline_tests.strava_raw import activity, delete_activities, put_activities, put_gear


@pytest.fixture(scope="module")
def undamaged(
    scratch_session: AnyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AnyConnection]:
    """Runs in every situation that a run can be in, for all of these tests."""
    with scratch_session.transaction(force_rollback=True):
        live_through_everything(
            scratch_session, Importer(scratch_session, tmp_path_factory.mktemp("exports"))
        )
        yield scratch_session


@pytest.fixture
def world(undamaged: AnyConnection) -> Iterator[AnyConnection]:
    """The same, to be damaged."""
    with undamaged.transaction(force_rollback=True):
        yield undamaged


def live_through_everything(connection: AnyConnection, take: Importer) -> None:
    db.shoes.bulk_create_shoes_by_names(["d"], conn=connection)
    put_gear(connection, "g1", "Ghost 15")
    workouts = {number: Workout(id=number, notes="Shoes: A") for number in range(1, 13)}

    def change(number: int, **cells: Any) -> None:
        workouts[number] = replace(workouts[number], **cells)

    take(*workouts.values())
    for number in (2, 3, 4, 5):
        edit(connection, f"mmf_{number}", distance=8.0, shoe_id=None)
        change(number, distance="4", seconds="1801")
    change(6, activity="Walk")
    change(7, activity="Walk")
    change(8, activity="Walk")
    delete(connection, "mmf_9")
    delete(connection, "mmf_10")
    take(*workouts.values())
    kept, taken = (
        next(found for found in get_open_conflicts(conn=connection) if found.run_id == f"mmf_{number}")
        for number in (4, 5)
    )
    settle_conflict(kept.conflict_id, "keep", "Ada", conn=connection)
    settle_conflict(taken.conflict_id, "take", "Grace", conn=connection)
    restore(connection, 1, "mmf_7")
    change(8, activity="Run", distance="5")
    change(9, distance="5")
    restore(connection, 1, "mmf_10")
    change(11, distance="far")
    delete(connection, "mmf_3")
    take(*workouts.values())

    list_activities(connection, *(activity(number, gear_id="g1") for number in range(1, 7)))
    edit(connection, "strava_2", distance=8.0)
    put_activities(connection, [activity(2, distance=1), activity(3, sport_type="Ride")])
    delete_activities(connection, 4)
    finish_strava(connection)
    connection.execute("update raw.strava_activities set payload = null where activity_id in (4, 5)")


def test_the_world_has_all_situations_and_no_difference(world: AnyConnection) -> None:
    assert verify(world) == replace(NOTHING, not_recomputable=2)
    deleted = {run.id for run in db.runs.get_all_runs(True, conn=world) if run.deleted_at is not None}
    assert deleted == {"mmf_3", "mmf_6", "mmf_9", "strava_3", "strava_4"}
    assert {found.run_id for found in get_open_conflicts(conn=world)} == {"mmf_2", "strava_2"}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_found_and_put_right(world: AnyConnection, damage: str) -> None:
    before = state_of(world)
    damaged = do_damage(world, damage, *db.runs.get_existing_run_ids(conn=world))
    assert len(damaged) >= 3
    found = verify(world).differences
    assert {difference.id for difference in found} == damaged
    assert rebuild(world, are_deletions_confirmed=True).found.differences == found
    assert state_of(world) == before
    assert verify(world).differences == []
    for id in db.runs.get_existing_run_ids(conn=world):
        history(world, id)
