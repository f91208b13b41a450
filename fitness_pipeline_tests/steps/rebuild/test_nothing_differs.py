"""Nothing is found where the pipeline and people did all of it."""

from datetime import date
from pathlib import Path

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts, settle_conflict
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.athlete import generated_world
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.builders import Importer, Workout, create_runs, new_run, row_versions, the_run
from fitness_pipeline_tests.db.sides import delete, edit, is_deleted, restore
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.rebuild.rebuilding import (
    NOTHING,
    NOTHING_DONE,
    SPRING,
    list_activities,
    rebuild,
    verify,
)
from fitness_pipeline_tests.strava import Syncer
from fitness_pipeline_tests.strava_raw import activity, delete_activities, put_gear


def test_nothing_differs_without_any_run(scratch: AnyConnection) -> None:
    assert verify(scratch) == NOTHING
    assert rebuild(scratch) == NOTHING_DONE


def test_nothing_differs_after_edits_deletions_and_restores(scratch: AnyConnection, take: Importer) -> None:
    take(*(Workout(id=number, notes="Shoes: A") for number in range(1, 6)))
    edit(scratch, "mmf_1", distance=8.0, shoe_id=None)
    delete(scratch, "mmf_2")
    delete(scratch, "mmf_3")
    restore(scratch, 1, "mmf_3")
    edit(scratch, "mmf_4", distance=8.0)
    restore(scratch, 1, "mmf_4")
    take(Workout(id=4, distance="7"), Workout(id=5, activity="Walk"))
    assert verify(scratch) == NOTHING


def test_nothing_differs_with_activities_of_all_kinds(scratch: AnyConnection) -> None:
    put_gear(scratch, "g1", "Ghost 15")
    list_activities(
        scratch,
        activity(1, gear_id="g1", average_heartrate=140.2),
        activity(2, sport_type="VirtualRun"),
        activity(3, sport_type="Ride"),
        activity(4),
        activity(5, distance=-3),
    )
    delete_activities(scratch, 4)
    list_activities(scratch, activity(1, sport_type="Ride"))
    assert is_deleted(scratch, "strava_1")
    assert verify(scratch) == NOTHING


def test_nothing_differs_after_a_conflict_however_it_was_settled(
    scratch: AnyConnection, take: Importer
) -> None:
    take(*(Workout(id=number) for number in (1, 2, 3)))
    for number in (1, 2, 3):
        edit(scratch, f"mmf_{number}", distance=8.0)
    take(*(Workout(id=number, distance="4") for number in (1, 2, 3)))
    first, second, _ = get_open_conflicts(conn=scratch)
    settle_conflict(first.conflict_id, "keep", "Ada", conn=scratch)
    settle_conflict(second.conflict_id, "take", "Ada", conn=scratch)
    assert verify(scratch) == NOTHING


def test_nothing_differs_in_runs_that_no_provider_tells_of(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"), new_run("strava_2"))
    edit(scratch, "mmf_1", distance=8.0)
    delete(scratch, "strava_2")
    assert verify(scratch) == NOTHING


def test_nothing_differs_while_deletions_are_held_back(scratch: AnyConnection, take: Importer) -> None:
    take(*(Workout(id=number) for number in range(1, 8)))
    done = take(*(Workout(id=number, activity="Walk") for number in range(1, 7)))
    assert done.merged == MergeCounts(held_back=6)
    assert verify(scratch) == NOTHING
    delete(scratch, "mmf_1")
    assert verify(scratch) == NOTHING


def test_nothing_differs_when_the_runner_restored_what_the_provider_deleted(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout())
    take(Workout(activity="Walk"))
    restore(scratch, 1)
    edit(scratch, distance=8.0)
    assert verify(scratch) == NOTHING


def test_nothing_differs_when_a_run_was_revived_and_deleted_again(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout())
    for kind in ("Walk", "Run", "Walk"):
        take(Workout(activity=kind))
    assert verify(scratch) == NOTHING


def test_neither_verifying_nor_rebuilding_leaves_a_trace(scratch: AnyConnection, take: Importer) -> None:
    take(Workout(id=1), Workout(id=2, day="never"))
    list_activities(scratch, activity(1), activity(2, distance=-1))
    before = row_versions(scratch)
    assert verify(scratch) == NOTHING
    assert rebuild(scratch) == NOTHING_DONE
    assert row_versions(scratch) == before
    assert fetch_value(scratch, "select to_regnamespace('rebuild_scratch')") is None


def test_a_history_on_strava_that_changes_leaves_no_difference(
    connection: AnyConnection, environment: pytest.MonkeyPatch, data_dir: Path
) -> None:
    clock = SettableClock(NOW)
    world = generated_world(today=SPRING, since=date(2025, 6, 1))
    with StravaSandbox(world, clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        sync = Syncer(serving, clock)
        assert sync(is_full=True).merged.inserted > 50
        assert verify(connection) == NOTHING
        first, second, third, fourth = sorted(db.runs.get_existing_run_ids(conn=connection))[:4]
        numbers = [int(id.removeprefix("strava_")) for id in (first, second, third, fourth)]
        edit(connection, first, distance=8.0)
        world.activities.edit(numbers[0], distance_metres=5000.0)
        world.activities.edit(numbers[1], distance_metres=5000.0)
        world.activities.edit(numbers[2], sport_type="Ride")
        world.activities.delete(numbers[3])
        assert sync(is_full=True).merged == MergeCounts(updated=1, deleted=2, conflicts=1)
        assert verify(connection) == NOTHING
    connection.execute("update runs set distance = 77")
    connection.execute("update normalized.runs set avg_heart_rate = 77 where avg_heart_rate is not null")
    rebuild(connection)
    assert verify(connection) == NOTHING
    assert (the_run(connection, first).distance, is_deleted(connection, fourth)) == (8.0, True)
