"""Fields that both changed: the runner's value stands, and the provider's waits to be seen and settled."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import (
    Conflict,
    Settlement,
    count_open_conflicts,
    get_open_conflicts,
    settle_conflict,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import ConflictNotFound, InvalidValue, RunNotFound, ShoeNotFound
from fitness_pipeline.models import NewRun, Run
from fitness_pipeline_tests.builders import (
    MORNING,
    history,
    new_run,
    row_versions,
    say_upstream,
    the_run,
    values_of,
    while_blocked,
)
from fitness_pipeline_tests.db.sides import NOTHING, delete, edit, merge, restore, story, upstream


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


def in_conflict(connection: AnyConnection, *, said: NewRun | None = None, **edited: Any) -> int:
    """Let the runner edit a run, and then the provider say something else; return the conflict's number."""
    upstream(connection, new_run())
    edit(connection, **(edited or {"distance": 8.0}))
    upstream(connection, said or new_run(distance=4.0))
    (conflict,) = get_open_conflicts(conn=connection)
    return conflict.conflict_id


def settlements(connection: AnyConnection) -> list[tuple[Any, ...]]:
    statement = """
        select settlement, settled_at is not null, upstream_value, current_value
        from normalized.conflicts order by conflict_id
    """
    return connection.execute(statement).fetchall()


def test_a_conflict_tells_what_the_run_has_by_now(scratch: AnyConnection) -> None:
    in_conflict(scratch)
    edit(scratch, distance=9.0, datetime_utc=MORNING + timedelta(days=1))
    assert open_conflicts(scratch) == [("distance", 3.0, 4.0, 9.0)]
    assert get_open_conflicts(conn=scratch)[0].datetime_utc == MORNING + timedelta(days=1)


def test_a_conflict_tells_what_the_provider_says_by_now(scratch: AnyConnection) -> None:
    in_conflict(scratch)
    say_upstream(scratch, new_run(distance=5.0))
    assert open_conflicts(scratch) == [("distance", 3.0, 5.0, 8.0)]


def test_a_conflict_in_which_both_have_come_to_agree_is_not_open(scratch: AnyConnection) -> None:
    in_conflict(scratch)
    assert count_open_conflicts(conn=scratch) == 1
    edit(scratch, distance=4.0)
    assert get_open_conflicts(conn=scratch) == []
    assert count_open_conflicts(conn=scratch) == 0


def test_a_conflict_about_a_value_that_is_not_there_is_told(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(avg_heart_rate=140.0))
    edit(scratch, avg_heart_rate=150.0)
    upstream(scratch, new_run(avg_heart_rate=None))
    assert open_conflicts(scratch) == [("avg_heart_rate", 140.0, None, 150.0)]
    edit(scratch, avg_heart_rate=None)
    assert open_conflicts(scratch) == []


def test_keeping_settles_and_changes_no_run(scratch: AnyConnection) -> None:
    number = in_conflict(scratch)
    before = row_versions(scratch, "normalized.conflicts")
    settled = settle_conflict(number, "keep", "Ada", conn=scratch)
    assert (settled.upstream_value, settled.current_value) == (4.0, 8.0)
    assert row_versions(scratch, "normalized.conflicts") == before
    assert settlements(scratch) == [("keep", True, 4.0, 8.0)]
    assert get_open_conflicts(conn=scratch) == []


def test_what_is_kept_is_not_asked_again_until_upstream_changes(scratch: AnyConnection) -> None:
    settle_conflict(in_conflict(scratch), "keep", "Ada", conn=scratch)
    assert upstream(scratch, new_run(distance=4.0)) == NOTHING
    assert upstream(scratch, new_run(distance=4.0, duration=9.0)) == MergeCounts(updated=1)
    assert open_conflicts(scratch) == []
    assert upstream(scratch, new_run(distance=5.0, duration=9.0)) == MergeCounts(conflicts=1)
    assert open_conflicts(scratch) == [("distance", 4.0, 5.0, 8.0)]


def test_taking_gives_the_run_the_providers_value_as_one_version_by_the_person(
    scratch: AnyConnection,
) -> None:
    number = in_conflict(scratch)
    settle_conflict(number, "take", "Grace", conn=scratch)
    newest = history(scratch)[-1]
    assert values_of(newest) == values_of(new_run(distance=4.0))
    assert (newest.version_number, newest.change_type, newest.changed_by) == (3, "edit", "Grace")
    assert newest.change_reason == "Took MapMyFitness's value"
    assert (the_run(scratch).last_edited_by, settlements(scratch)) == ("Grace", [("take", True, 4.0, 8.0)])


def test_what_was_taken_follows_upstream_from_then_on(scratch: AnyConnection) -> None:
    settle_conflict(in_conflict(scratch), "take", "Ada", conn=scratch)
    assert merge(scratch) == NOTHING
    assert upstream(scratch, new_run(distance=5.0)) == MergeCounts(updated=1)
    assert the_run(scratch).distance == 5.0


def test_what_upstream_says_by_now_is_what_is_taken(scratch: AnyConnection) -> None:
    number = in_conflict(scratch)
    say_upstream(scratch, new_run(distance=5.0))
    settle_conflict(number, "take", "Ada", conn=scratch)
    assert the_run(scratch).distance == 5.0
    assert settlements(scratch) == [("take", True, 5.0, 8.0)]
    assert merge(scratch) == NOTHING
    assert open_conflicts(scratch) == []


def test_taking_leaves_the_other_fields_and_their_conflicts(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    edit(scratch, distance=8.0, duration=99.0, type="Treadmill Run")
    upstream(scratch, new_run(distance=4.0, duration=9.0))
    numbers = {conflict.field: conflict.conflict_id for conflict in get_open_conflicts(conn=scratch)}
    settle_conflict(numbers["distance"], "take", "Ada", conn=scratch)
    taken = {"distance": 4.0, "duration": 99.0, "type": "Treadmill Run"}
    assert values_of(the_run(scratch)) == values_of(new_run()) | taken
    assert [conflict.field for conflict in get_open_conflicts(conn=scratch)] == ["duration"]


@pytest.mark.parametrize(
    ("field", "mine", "theirs"),
    [
        ("datetime_utc", MORNING + timedelta(hours=1), datetime(2025, 5, 6, 12, 30, 1, 7, tzinfo=UTC)),
        ("duration", 99.0, 0.1 + 0.2),
        ("avg_heart_rate", 150.0, None),
        ("shoe_id", None, "b"),
    ],
)
def test_a_value_of_any_field_but_the_two_types_can_be_taken(
    scratch: AnyConnection, field: str, mine: Any, theirs: Any
) -> None:
    db.shoes.bulk_create_shoes_by_names(["a", "b"], conn=scratch)
    first: dict[str, Any] = {"avg_heart_rate": 140.0, "shoe_id": "a"}
    upstream(scratch, new_run(**first))
    edit(scratch, **{field: mine})
    upstream(scratch, new_run(**(first | {field: theirs})))
    (conflict,) = get_open_conflicts(conn=scratch)
    settle_conflict(conflict.conflict_id, "take", "Ada", conn=scratch)
    assert getattr(the_run(scratch), field) == theirs
    history(scratch)


def test_a_conflict_is_settled_once(scratch: AnyConnection) -> None:
    number = in_conflict(scratch)
    settle_conflict(number, "keep", "Ada", conn=scratch)
    with pytest.raises(ConflictNotFound, match=f"There is no open conflict {number}"):
        settle_conflict(number, "take", "Ada", conn=scratch)
    assert (the_run(scratch).distance, settlements(scratch)) == (8.0, [("keep", True, 4.0, 8.0)])


def test_a_conflict_that_never_was_cannot_be_settled(scratch: AnyConnection) -> None:
    with pytest.raises(ConflictNotFound, match="`fitness-pipeline conflicts`"):
        settle_conflict(77, "keep", "Ada", conn=scratch)


def test_a_shoe_that_is_deleted_cannot_be_taken(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["a"], conn=scratch)
    number = in_conflict(scratch, shoe_id="a", said=new_run(shoe_id="b"))
    scratch.execute("update shoes set deleted_at = now() where id = 'b'")
    with pytest.raises(ShoeNotFound, match=f"`fitness-pipeline conflicts keep {number}`"):
        settle_conflict(number, "take", "Ada", conn=scratch)
    assert (the_run(scratch).shoe_id, len(get_open_conflicts(conn=scratch))) == ("a", 1)


def test_a_value_that_no_runner_has_cannot_be_taken(scratch: AnyConnection) -> None:
    number = in_conflict(scratch, avg_heart_rate=140.0, said=new_run(avg_heart_rate=900.0))
    with pytest.raises(InvalidValue, match="MapMyFitness's value cannot be taken"):
        settle_conflict(number, "take", "Ada", conn=scratch)
    assert len(get_open_conflicts(conn=scratch)) == 1


def test_a_provider_settles_nothing(scratch: AnyConnection) -> None:
    number = in_conflict(scratch)
    with pytest.raises(InvalidValue, match="which person"):
        settle_conflict(number, "take", "mmf", conn=scratch)


def test_a_conflict_of_a_deleted_run_waits_until_the_run_is_restored(scratch: AnyConnection) -> None:
    number = in_conflict(scratch)
    delete(scratch)
    assert get_open_conflicts(conn=scratch) == []
    with pytest.raises(RunNotFound, match="Restore one of its versions first"):
        settle_conflict(number, "take", "Ada", conn=scratch)
    upstream(scratch, new_run(distance=5.0))
    restore(scratch, 2)
    assert open_conflicts(scratch) == [("distance", 3.0, 5.0, 8.0)]
    settle_conflict(number, "take", "Ada", conn=scratch)
    assert the_run(scratch).distance == 5.0


def test_a_conflict_is_over_when_the_version_that_is_restored_agrees(scratch: AnyConnection) -> None:
    in_conflict(scratch)
    delete(scratch)
    upstream(scratch, new_run(distance=3.0))
    restore(scratch, 1)
    assert open_conflicts(scratch) == []


def test_a_failed_settlement_leaves_the_rest_of_the_callers_transaction(scratch: AnyConnection) -> None:
    number = in_conflict(scratch)
    with pytest.raises(ConflictNotFound):
        settle_conflict(number + 1, "keep", "Ada", conn=scratch)
    settle_conflict(number, "keep", "Ada", conn=scratch)
    assert story(scratch) == [("original", "system"), ("edit", "Ada")]
    assert fetch_value(scratch, "select count(*) from normalized.conflicts where settled_at is null") == 0


@pytest.fixture
def holder(connection: AnyConnection, database_url: str) -> Iterator[AnyConnection]:
    """A second connection, in a transaction that its user ends."""
    opened = psycopg.connect(database_url)
    yield opened
    opened.close()


def settle(number: int, settlement: Settlement = "take") -> Callable[[], Conflict]:
    return lambda: settle_conflict(number, settlement, "Grace")


def test_taking_waits_for_an_edit_and_loses_none_of_it(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    number = in_conflict(connection)
    edits = {"duration": 9.0, "distance": 7.0}
    db.runs_history.update_run_with_history("mmf_1", edits, "Ada", conn=holder)
    (taken,) = while_blocked(holder, settle(number), then=holder.commit)
    assert (taken.result().upstream_value, taken.result().current_value) == (4.0, 7.0)
    assert values_of(the_run(connection)) == values_of(new_run()) | {"duration": 9.0, "distance": 4.0}
    assert [version.changed_by for version in history(connection)] == ["system", "Ada", "Ada", "Grace"]


def test_an_edit_that_waits_for_a_taking_is_made_on_top_of_it(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    settle_conflict(in_conflict(connection), "take", "Grace", conn=holder)

    def edit_the_duration() -> Run:
        return db.runs_history.update_run_with_history("mmf_1", {"duration": 9.0}, "Ada")

    (edited,) = while_blocked(holder, edit_the_duration, then=holder.commit)
    assert values_of(edited.result()) == values_of(new_run()) | {"duration": 9.0, "distance": 4.0}
    history(connection)


def test_taking_waits_for_a_merge_and_takes_what_it_brought(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    number = in_conflict(connection)
    say_upstream(connection, new_run(distance=5.0))
    merge_runs("mmf", conn=holder)
    (taken,) = while_blocked(holder, settle(number), then=holder.commit)
    assert taken.result().upstream_value == 5.0
    assert the_run(connection).distance == 5.0
    assert get_open_conflicts() == []


def test_taking_waits_for_a_merge_in_which_both_come_to_agree_and_finds_it_settled(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    number = in_conflict(connection)
    say_upstream(connection, new_run(distance=8.0))
    merge_runs("mmf", conn=holder)
    (taken,) = while_blocked(holder, settle(number), then=holder.commit)
    assert isinstance(taken.exception(), ConflictNotFound)
    assert (the_run(connection).distance, settlements(connection)[0][0]) == (8.0, "agreed")


def test_a_merge_that_waits_for_a_taking_finds_that_both_agree(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    number = in_conflict(connection)
    say_upstream(connection, new_run(distance=5.0, duration=9.0))
    settle_conflict(number, "take", "Grace", conn=holder)
    (merged,) = while_blocked(holder, lambda: merge_runs("mmf"), then=holder.commit)
    assert merged.result() == MergeCounts(updated=1)
    assert values_of(the_run(connection)) == values_of(new_run()) | {"duration": 9.0, "distance": 5.0}
    assert (history(connection)[-1].changed_by, get_open_conflicts()) == ("mmf", [])


def test_of_two_who_settle_at_once_the_first_decides(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    number = in_conflict(connection)
    settle_conflict(number, "keep", "Ada", conn=holder)
    (second,) = while_blocked(holder, settle(number), then=holder.commit)
    assert isinstance(second.exception(), ConflictNotFound)
    assert (the_run(connection).distance, settlements(connection)[0][0]) == (8.0, "keep")


def test_a_settlement_that_is_taken_back_leaves_the_conflict_to_the_second(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    number = in_conflict(connection)
    settle_conflict(number, "keep", "Ada", conn=holder)
    (second,) = while_blocked(holder, settle(number), then=holder.rollback)
    assert second.result().conflict_id == number
    assert the_run(connection).distance == 4.0
