"""Runs that do not follow from what providers say and the runner edited are put right."""

from dataclasses import replace
from typing import Any

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.db.rebuild import RunsMended
from fitness_pipeline_tests.builders import (
    Importer,
    Workout,
    create_runs,
    history,
    new_run,
    the_run,
    values_of,
)
from fitness_pipeline_tests.db.sides import delete, edit, is_deleted
from fitness_pipeline_tests.steps.rebuild.rebuilding import (
    NOTHING,
    differences,
    list_activities,
    rebuild,
    verify,
)
from fitness_pipeline_tests.strava_raw import activity, put_gear


@pytest.fixture
def edited(scratch: AnyConnection, take: Importer) -> AnyConnection:
    """One run in which a value is the runner's and the others are the provider's newest."""
    take(Workout(notes="Shoes: A"))
    edit(scratch, distance=8.0)
    take(Workout(notes="Shoes: A", seconds="1801"))
    return scratch


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("distance = 77", [("distance", 77, 8)]),
        ("duration = 77", [("duration", 77, 1801)]),
        ("avg_heart_rate = 77", [("avg_heart_rate", 77, None)]),
        ("type = 'Treadmill Run'", [("type", "Treadmill Run", "Outdoor Run")]),
        ("shoe_id = null", [("shoe_id", None, "a")]),
        ("source = 'Strava'", [("source", "Strava", "MapMyFitness")]),
        ("version = 7", [("version", 7, 3)]),
        ("version = 2", [("version", 2, 3)]),
        ("last_edited_by = 'Mallory'", [("last_edited_by", "Mallory", "Ada")]),
        (
            "datetime_utc = datetime_utc + interval '1 microsecond'",
            [("datetime_utc", "2025-05-06T17:00:00.000001+00:00", "2025-05-06T17:00:00+00:00")],
        ),
        (
            "distance = 77, version = version + 1, duration = 77",
            [("distance", 77, 8), ("duration", 77, 1801), ("version", 4, 3)],
        ),
    ],
)
def test_a_changed_value_is_found_and_put_right(
    edited: AnyConnection, change: str, found: list[tuple[str, Any, Any]]
) -> None:
    before = the_run(edited)
    edited.execute(f"update runs set {change}".encode())  # noqa: S608 - written above
    assert differences(edited) == [("runs", "mmf_1", *difference) for difference in found]
    assert rebuild(edited).runs == RunsMended(corrected=1)
    after = the_run(edited)
    assert after == replace(before, version=4, updated_at=after.updated_at)
    newest = history(edited)[-1]
    assert (newest.changed_by, newest.change_reason) == ("mmf", "Rebuilt from the raw data")
    assert verify(edited) == NOTHING


def test_the_runners_value_stays_the_runners_after_it_was_put_right(
    edited: AnyConnection, take: Importer
) -> None:
    edited.execute("update runs set distance = 77, duration = 77")
    rebuild(edited)
    done = take(Workout(notes="Shoes: A", seconds="1802", distance="4"))
    assert done.merged == MergeCounts(updated=1, conflicts=1)
    assert (the_run(edited).distance, the_run(edited).duration) == (8.0, 1802.0)
    assert verify(edited) == NOTHING


def test_a_missing_run_is_put_back(scratch: AnyConnection) -> None:
    put_gear(scratch, "g1", "Ghost 15")
    list_activities(scratch, activity(1, gear_id="g1"))
    values = values_of(the_run(scratch, "strava_1"))
    scratch.execute("delete from runs; delete from shoes")
    ((table, id, field, stored, _),) = differences(scratch)
    assert (table, id, field, stored) == ("runs", "strava_1", "row", None)
    assert rebuild(scratch).runs == RunsMended(inserted=1)
    assert values_of(the_run(scratch, "strava_1")) == values
    assert [shoe.name for shoe in db.shoes.get_shoes(conn=scratch)] == ["Ghost 15"]
    assert verify(scratch) == NOTHING


def test_what_the_runner_deleted_stays_deleted_also_after_it_was_put_right(
    scratch: AnyConnection, take: Importer
) -> None:
    take(Workout())
    delete(scratch)
    deleted_at = the_run(scratch).deleted_at
    scratch.execute("update runs set deleted_at = null")
    assert [(field, stored) for _, _, field, stored, _ in differences(scratch)] == [("deleted_at", None)]
    assert rebuild(scratch).runs == RunsMended(corrected=1)
    assert the_run(scratch).deleted_at == deleted_at
    take(Workout(activity="Walk"))
    take(Workout(distance="4"))
    assert is_deleted(scratch)
    assert verify(scratch) == NOTHING


def test_a_run_that_was_marked_deleted_by_hand_counts_again(scratch: AnyConnection, take: Importer) -> None:
    take(Workout())
    scratch.execute("update runs set deleted_at = now()")
    assert rebuild(scratch).runs == RunsMended(corrected=1)
    assert not is_deleted(scratch)


def test_many_deletions_are_held_back_until_confirmed(scratch: AnyConnection, take: Importer) -> None:
    take(*(Workout(id=number) for number in range(1, 8)))
    for number in range(1, 7):
        delete(scratch, f"mmf_{number}")
    scratch.execute("update runs set deleted_at = null")
    assert rebuild(scratch).runs == RunsMended(held_back=6)
    assert len(differences(scratch)) == 6
    confirmed = rebuild(scratch, are_deletions_confirmed=True)
    assert confirmed.runs == RunsMended(corrected=6)
    assert verify(scratch) == NOTHING


def test_a_run_that_no_provider_tells_of_is_compared_with_its_history(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"))
    edit(scratch, distance=8.0)
    scratch.execute("update runs set distance = 77, duration = 77")
    assert differences(scratch) == [
        ("runs", "mmf_1", "distance", 77, 8),
        ("runs", "mmf_1", "duration", 77, 1800),
    ]
    rebuild(scratch)
    assert values_of(the_run(scratch)) == values_of(new_run(distance=8.0))
    assert verify(scratch) == NOTHING


def test_a_raw_row_that_was_changed_by_hand_changes_its_run(scratch: AnyConnection, take: Importer) -> None:
    take(Workout())
    scratch.execute("update raw.mmf_workouts set distance = '4'")
    assert differences(scratch) == [
        ("normalized.runs", "mmf_1", "distance", 3, 4),
        ("runs", "mmf_1", "distance", 3, 4),
    ]
    rebuild(scratch)
    assert the_run(scratch).distance == 4.0
    assert verify(scratch) == NOTHING
