"""Fields that both changed: the runner's value stands, and the provider's waits to be seen."""

from typing import Any

from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.builders import (
    new_run,
    row_versions,
    the_run,
    values_of,
)
from fitness_pipeline_tests.db.sides import NOTHING, edit, story, upstream


def open_conflicts(connection: AnyConnection) -> list[tuple[str, Any, Any, Any]]:
    return [
        (conflict.field, conflict.base_value, conflict.upstream_value, conflict.current_value)
        for conflict in get_open_conflicts(conn=connection)
    ]


def test_when_both_changed_a_field_the_runner_wins_and_a_conflict_is_recorded(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    assert upstream(scratch, new_run(distance=4.0)) == MergeCounts(conflicts=1)
    run = the_run(scratch)
    assert (run.distance, run.version) == (8.0, 2)
    (conflict,) = get_open_conflicts(conn=scratch)
    assert (conflict.run_id, conflict.field, conflict.provider) == ("mmf_1", "distance", "mmf")
    assert (conflict.base_value, conflict.upstream_value, conflict.current_value) == (3.0, 4.0, 8.0)


def test_when_both_changed_a_field_to_the_same_value_there_is_no_conflict(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=4.0)
    assert upstream(scratch, new_run(distance=4.0)) == NOTHING
    assert open_conflicts(scratch) == []
    assert story(scratch) == [("original", "system"), ("edit", "Ada")]


def test_a_conflict_in_one_field_lets_the_others_through(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    edit(scratch, distance=8.0)
    assert upstream(scratch, new_run(distance=4.0, duration=9.0)) == MergeCounts(updated=1, conflicts=1)
    assert values_of(the_run(scratch)) == {**values_of(new_run()), "distance": 8.0, "duration": 9.0}


def test_a_merge_that_brings_nothing_new_leaves_an_open_conflict_as_it_is(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    upstream(scratch, new_run(distance=4.0))
    before = row_versions(scratch, "normalized.progress", "normalized.runs", "runs", "runs_history")
    assert upstream(scratch, new_run(distance=4.0)) == NOTHING
    assert row_versions(scratch, "normalized.progress", "normalized.runs", "runs", "runs_history") == before


def test_an_open_conflict_is_brought_up_to_date(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    upstream(scratch, new_run(distance=4.0))
    edit(scratch, distance=9.0)
    assert upstream(scratch, new_run(distance=5.0)) == MergeCounts(conflicts=1)
    assert open_conflicts(scratch) == [("distance", 3.0, 5.0, 9.0)]


def test_a_conflict_is_closed_when_upstream_comes_round(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    upstream(scratch, new_run(distance=4.0))
    assert upstream(scratch, new_run(distance=8.0)) == NOTHING
    assert open_conflicts(scratch) == []
    assert fetch_value(scratch, "select settlement from normalized.conflicts") == "agreed"


def test_a_conflict_is_closed_when_the_runner_comes_round_and_upstream_goes_on(
    scratch: AnyConnection,
) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    upstream(scratch, new_run(distance=4.0))
    edit(scratch, distance=4.0)
    assert upstream(scratch, new_run(distance=5.0)) == MergeCounts(updated=1)
    assert open_conflicts(scratch) == []


def test_a_conflict_that_is_over_does_not_hide_the_next_one(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    upstream(scratch, new_run(distance=4.0))
    upstream(scratch, new_run(distance=8.0))
    edit(scratch, distance=7.0)
    assert upstream(scratch, new_run(distance=6.0)) == MergeCounts(conflicts=1)
    assert open_conflicts(scratch) == [("distance", 8.0, 6.0, 7.0)]
