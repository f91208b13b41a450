"""Runs that turn into something else at the provider: deleted softly, in small numbers, and not for ever."""

from dataclasses import replace

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.models import NewRun
from fitness_pipeline_tests.builders import (
    create_runs,
    history,
    new_run,
    row_versions,
    say_upstream,
    the_run,
)
from fitness_pipeline_tests.db.sides import NOTHING, delete, edit, is_deleted, merge, restore, story, upstream


def test_a_run_that_turns_into_a_walk_is_deleted_softly_with_the_reason(scratch: AnyConnection) -> None:
    upstream(scratch, new_run("mmf_1"), new_run("mmf_2"))
    assert upstream(scratch, walks=("mmf_1",)) == MergeCounts(deleted=1)
    assert is_deleted(scratch, "mmf_1")
    assert not is_deleted(scratch, "mmf_2")
    deletion = history(scratch)[-1]
    assert (deletion.change_type, deletion.changed_by) == ("deletion", "mmf")
    assert deletion.change_reason == 'It is listed as "Walk" now'


def test_a_withdrawal_is_acted_on_once(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    upstream(scratch, walks=("mmf_1",))
    before = row_versions(scratch)
    assert merge(scratch) == NOTHING
    assert upstream(scratch, walks=("mmf_1",)) == NOTHING
    assert row_versions(scratch) == before


def test_a_walk_that_was_never_a_run_is_not_deleted(scratch: AnyConnection) -> None:
    assert upstream(scratch, walks=("mmf_1",)) == NOTHING


def test_a_run_that_was_withdrawn_before_it_was_merged_never_appears(scratch: AnyConnection) -> None:
    say_upstream(scratch, new_run("mmf_1"), new_run("mmf_2"))
    say_upstream(scratch, others=["mmf_1"])
    assert merge(scratch) == MergeCounts(inserted=1)
    assert db.runs.get_existing_run_ids(conn=scratch) == {"mmf_2"}
    assert upstream(scratch, new_run("mmf_1")) == MergeCounts(inserted=1)


def test_a_run_that_is_a_run_again_is_revived(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    upstream(scratch, walks=("mmf_1",))
    assert upstream(scratch, new_run()) == MergeCounts(revived=1)
    assert not is_deleted(scratch)
    assert story(scratch) == [("original", "system"), ("deletion", "mmf"), ("edit", "mmf")]
    assert history(scratch)[-1].change_reason == "It is listed as a run again"


def test_a_revived_run_has_what_changed_meanwhile(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    upstream(scratch, walks=("mmf_1",))
    assert upstream(scratch, new_run(distance=4.0)) == MergeCounts(revived=1)
    revived = history(scratch)[-1]
    assert revived.distance == 4.0
    assert revived.change_reason == "It is listed as a run again; Changed at the source: distance"


def test_a_revived_run_keeps_the_runners_value_and_tells_of_the_conflict(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    edit(scratch, distance=8.0)
    upstream(scratch, walks=("mmf_1",))
    assert upstream(scratch, new_run(distance=4.0)) == MergeCounts(revived=1, conflicts=1)
    assert the_run(scratch).distance == 8.0
    (conflict,) = get_open_conflicts(conn=scratch)
    assert (conflict.base_value, conflict.upstream_value, conflict.current_value) == (3.0, 4.0, 8.0)


def test_a_run_can_be_withdrawn_and_revived_again_and_again(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    for _ in range(3):
        assert upstream(scratch, walks=("mmf_1",)) == MergeCounts(deleted=1)
        assert upstream(scratch, new_run()) == MergeCounts(revived=1)
    assert len(history(scratch)) == 7


def test_a_withdrawal_that_is_taken_back_before_the_merge_is_none(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    say_upstream(scratch, others=["mmf_1"])
    assert upstream(scratch, new_run()) == NOTHING
    assert len(history(scratch)) == 1


def test_what_the_runner_restored_stays_however_often_it_is_merged(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    upstream(scratch, walks=("mmf_1",))
    restore(scratch, 1)
    assert merge(scratch) == NOTHING
    assert upstream(scratch, new_run("mmf_2"), walks=("mmf_1",)) == MergeCounts(inserted=1)
    assert not is_deleted(scratch)
    assert upstream(scratch, new_run()) == NOTHING
    assert story(scratch) == [("original", "system"), ("deletion", "mmf"), ("edit", "Ada")]


def test_what_the_runner_deleted_stays_deleted_even_when_upstream_changes(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    delete(scratch)
    upstream(scratch, new_run(distance=4.0))
    assert is_deleted(scratch)
    upstream(scratch, walks=("mmf_1",))
    upstream(scratch, new_run(distance=5.0))
    assert is_deleted(scratch)
    assert [kind for kind, _ in story(scratch)].count("deletion") == 1


def test_what_the_runner_deleted_after_the_provider_did_stays_deleted(scratch: AnyConnection) -> None:
    upstream(scratch, new_run())
    upstream(scratch, walks=("mmf_1",))
    restore(scratch, 1)
    delete(scratch)
    assert upstream(scratch, new_run(distance=4.0)).revived == 0
    assert is_deleted(scratch)


def test_a_deleted_run_that_is_restored_has_what_changed_meanwhile(scratch: AnyConnection) -> None:
    upstream(scratch, new_run(distance=3.0))
    delete(scratch)
    upstream(scratch, new_run(distance=4.0))
    restore(scratch, the_run(scratch).version)
    assert (the_run(scratch).distance, is_deleted(scratch)) == (4.0, False)


def many(count: int) -> list[NewRun]:
    return [new_run(f"mmf_{number}") for number in range(1, count + 1)]


def ids(count: int) -> tuple[str, ...]:
    return tuple(f"mmf_{number}" for number in range(1, count + 1))


def test_up_to_five_deletions_at_once_are_believed_however_few_runs_there_are(scratch: AnyConnection) -> None:
    upstream(scratch, *many(5))
    assert upstream(scratch, walks=ids(5)) == MergeCounts(deleted=5)


def test_more_than_five_are_believed_up_to_two_in_a_hundred(scratch: AnyConnection) -> None:
    upstream(scratch, *many(300))
    assert upstream(scratch, walks=ids(6)) == MergeCounts(deleted=6)


def test_the_share_is_of_the_runs_that_still_count(scratch: AnyConnection) -> None:
    upstream(scratch, *many(301), new_run("mmf_400"))
    for number in (299, 300, 301):
        delete(scratch, f"mmf_{number}")
    create_runs(scratch, *(new_run(f"strava_{number}") for number in range(100)))
    assert upstream(scratch, walks=ids(6)) == MergeCounts(held_back=6)


def test_more_than_that_is_held_back_until_it_is_confirmed(scratch: AnyConnection) -> None:
    upstream(scratch, *many(6))
    assert upstream(scratch, walks=ids(6)) == MergeCounts(held_back=6)
    assert len(db.runs.get_all_runs(conn=scratch)) == 6
    before = row_versions(scratch)
    assert merge(scratch) == MergeCounts(held_back=6)
    assert row_versions(scratch) == before
    assert merge(scratch, are_deletions_confirmed=True) == MergeCounts(deleted=6)
    assert db.runs.get_all_runs(conn=scratch) == []
    assert merge(scratch) == NOTHING


def test_what_is_held_back_does_not_keep_other_changes_from_being_merged(scratch: AnyConnection) -> None:
    upstream(scratch, *many(7))
    changed = new_run("mmf_7", distance=9.0)
    assert upstream(scratch, changed, new_run("mmf_8"), walks=ids(6)) == MergeCounts(
        inserted=1, updated=1, held_back=6
    )


def test_deletions_that_come_one_after_the_other_are_counted_together_while_held_back(
    scratch: AnyConnection,
) -> None:
    upstream(scratch, *many(8))
    upstream(scratch, walks=ids(6))
    assert upstream(scratch, walks=("mmf_7",)) == MergeCounts(held_back=7)
    say_upstream(scratch, new_run("mmf_1"))
    assert upstream(scratch, new_run("mmf_2")) == MergeCounts(deleted=5)


def test_a_run_that_the_runner_deletes_is_not_held_back_any_more(scratch: AnyConnection) -> None:
    upstream(scratch, *many(6))
    upstream(scratch, walks=ids(6))
    delete(scratch, "mmf_1")
    assert merge(scratch) == MergeCounts(deleted=5)
    assert story(scratch, "mmf_1")[-1] == ("deletion", "Ada")


def test_an_edit_while_a_deletion_is_held_back_stays(scratch: AnyConnection) -> None:
    """What was merged already is no change upstream, however often the run is looked at again."""
    upstream(scratch, *many(6))
    say_upstream(scratch, *(replace(run, distance=4.0) for run in many(6)))
    assert upstream(scratch, walks=ids(6)) == MergeCounts(updated=6, held_back=6)
    edit(scratch, "mmf_1", distance=3.0)
    edit(scratch, "mmf_2", distance=5.0)
    assert merge(scratch) == MergeCounts(held_back=6)
    assert the_run(scratch, "mmf_1").distance == 3.0
    assert the_run(scratch, "mmf_2").distance == 5.0
    assert get_open_conflicts(conn=scratch) == []
