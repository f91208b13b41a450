"""What a provider says meets what the runner says: the rule, field by field."""

from datetime import timedelta
from typing import Any

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, create_missing_shoes, merge_runs
from fitness_pipeline_tests.builders import (
    MORNING,
    create_runs,
    history,
    new_run,
    row_versions,
    say_upstream,
    the_run,
    values_of,
)
from fitness_pipeline_tests.db.sides import NOTHING, edit, merge, story, upstream

CHANGED: dict[str, Any] = {
    "datetime_utc": MORNING + timedelta(hours=1),
    "type": "Treadmill Run",
    "distance": 4.5,
    "duration": 2000.0,
    "avg_heart_rate": 151.0,
    "shoe_id": "ghost_15",
}


def test_new_runs_are_inserted_with_their_history_and_shoes(scratch: AnyConnection) -> None:
    given = [new_run("mmf_1", **CHANGED), new_run("mmf_2")]
    assert upstream(scratch, *given) == MergeCounts(inserted=2)
    assert values_of(the_run(scratch, "mmf_1")) == CHANGED
    assert story(scratch, "mmf_1") == story(scratch, "mmf_2") == [("original", "system")]
    shoe = db.shoes.get_shoe_by_id("ghost_15", conn=scratch)
    assert shoe is not None
    assert shoe.name == "Shoe ghost_15"


def test_merging_again_writes_nothing(scratch: AnyConnection) -> None:
    upstream(scratch, new_run("mmf_1"), new_run("mmf_2"))
    before = row_versions(scratch)
    assert merge(scratch) == NOTHING
    assert upstream(scratch, new_run("mmf_1"), new_run("mmf_2")) == NOTHING
    assert row_versions(scratch) == before


def test_merging_without_anything_upstream_is_fine(scratch: AnyConnection) -> None:
    assert merge(scratch) == NOTHING


def test_a_run_that_is_there_already_is_merged_not_inserted(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run(distance=3.0))
    assert upstream(scratch, new_run(distance=4.0)) == MergeCounts(updated=1)
    assert [version.distance for version in history(scratch)] == [3.0, 4.0]


def test_another_providers_runs_are_left_alone(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    say_upstream(scratch, new_run(distance=9.0))
    assert merge_runs("strava", conn=scratch) == NOTHING
    assert the_run(scratch).distance == 3.0


def test_a_shoe_is_called_by_its_most_frequent_spelling(scratch: AnyConnection) -> None:
    for number, name in enumerate(("GHOST 15", "Ghost 15", "Ghost 15", "ghost 15")):
        say_upstream(scratch, new_run(f"mmf_{number}", shoe_id="ghost_15"))
        scratch.execute(
            "update normalized.runs set shoe_name = %s where run_id = %s", [name, f"mmf_{number}"]
        )
    assert create_missing_shoes("mmf", conn=scratch) == 1
    assert create_missing_shoes("mmf", conn=scratch) == 0
    shoe = db.shoes.get_shoe_by_id("ghost_15", conn=scratch)
    assert shoe is not None
    assert shoe.name == "Ghost 15"


def test_a_shoe_whose_name_another_shoe_has_come_to_have_gets_its_id_besides(scratch: AnyConnection) -> None:
    names = {"old": "Shoe ghost_15", "older": "Shoe ghost_15 (ghost_15)", "a": "Shoe b", "c": "C"}
    for id, name in names.items():
        scratch.execute("insert into shoes (id, name) values (%s, %s)", [id, name])
    worn = ("ghost_15", "b", "d")
    runs = [new_run(f"mmf_{number}", shoe_id=id) for number, id in enumerate(worn)]
    assert upstream(scratch, *runs) == MergeCounts(inserted=3)
    assert {shoe.id: shoe.name for shoe in db.shoes.get_shoes(conn=scratch)} == {
        **names,
        "ghost_15": "Shoe ghost_15 (ghost_15, 2)",
        "b": "Shoe b (b)",
        "d": "Shoe d",
    }


@pytest.mark.parametrize("field", CHANGED)
def test_what_changes_upstream_is_taken_as_one_version(scratch: AnyConnection, field: str) -> None:
    upstream(scratch, new_run())
    assert upstream(scratch, new_run(**{field: CHANGED[field]})) == MergeCounts(updated=1)
    _, changed = history(scratch)
    assert getattr(changed, field) == CHANGED[field]
    assert (changed.change_type, changed.changed_by) == ("edit", "mmf")
    assert changed.change_reason == f"Changed at the source: {field}"


@pytest.mark.parametrize("field", CHANGED)
def test_an_edit_keeps_the_runners_own_value_and_upstream_goes_on_elsewhere(
    scratch: AnyConnection, field: str
) -> None:
    upstream(scratch, new_run())
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=scratch)
    edit(scratch, **{field: CHANGED[field]})
    elsewhere: dict[str, Any] = {"duration" if field == "distance" else "distance": 9.0}
    assert upstream(scratch, new_run(**elsewhere)) == MergeCounts(updated=1)
    assert values_of(the_run(scratch)) == {**values_of(new_run()), field: CHANGED[field], **elsewhere}


def test_all_changes_of_one_merge_are_one_version_that_names_them(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    upstream(scratch, new_run(**CHANGED))
    assert history(scratch)[-1].change_reason == (
        "Changed at the source: datetime_utc, type, distance, duration, avg_heart_rate, shoe_id"
    )


def test_what_a_provider_changes_is_no_edit_of_the_runners(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    upstream(scratch, new_run(distance=4.0))
    run = the_run(scratch)
    assert (run.last_edited_at, run.last_edited_by, run.version) == (None, None, 2)


def test_several_changes_upstream_between_two_merges_are_one(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    for distance in (4.0, 5.0):
        say_upstream(scratch, new_run(distance=distance))
    assert merge(scratch) == MergeCounts(updated=1)
    assert [version.distance for version in history(scratch)] == [3.0, 5.0]


def test_a_change_upstream_that_is_taken_back_before_the_merge_is_none(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    for distance in (4.0, 3.0):
        say_upstream(scratch, new_run(distance=distance))
    assert merge(scratch) == NOTHING
    assert the_run(scratch).distance == 8.0


def test_an_edit_that_is_taken_back_lets_upstream_through_again(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    edit(scratch, distance=3.0)
    assert upstream(scratch, new_run(distance=4.0)) == MergeCounts(updated=1)
    assert the_run(scratch).distance == 4.0


def test_a_value_that_upstream_no_longer_has_is_cleared(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(avg_heart_rate=140.0, shoe_id="a"))
    upstream(scratch, new_run())
    run = the_run(scratch)
    assert (run.avg_heart_rate, run.shoe_id) == (None, None)


def test_a_value_that_the_runner_cleared_stays_cleared(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(avg_heart_rate=140.0))
    edit(scratch, avg_heart_rate=None)
    assert upstream(scratch, new_run(avg_heart_rate=150.0)) == MergeCounts(conflicts=1)
    assert the_run(scratch).avg_heart_rate is None


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    say_upstream(connection, new_run(shoe_id="ghost_15"))
    assert create_missing_shoes("mmf") == 1
    assert merge_runs("mmf") == MergeCounts(inserted=1)
    edit(connection, distance=8.0)
    say_upstream(connection, new_run(distance=4.0, shoe_id="ghost_15"))
    assert merge_runs("mmf") == MergeCounts(conflicts=1)
    assert [conflict.field for conflict in get_open_conflicts()] == ["distance"]
