"""Rivals for the same rows: whoever comes second waits, sees what the first did, and loses nothing."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.ingested_files import list_files
from fitness_pipeline.db.integrity import runs_unlike_their_newest_version
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.shoe_aliases import add_shoe_alias, get_shoe_aliases
from fitness_pipeline.db.shoe_retirements import RetirementCounts, mirror_retirements
from fitness_pipeline.errors import ChangedWhileRead, FitnessPipelineError, InvalidValue, RunNotFound
from fitness_pipeline.models import Run
from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline_tests.builders import (
    TODAY,
    VALUES,
    Importer,
    Workout,
    create_runs,
    history,
    new_run,
    say_upstream,
    settings_in,
    the_run,
    values_of,
    while_blocked,
    write_export,
)
from fitness_pipeline_tests.strava_raw import put_gear

EDITORS = 16


@pytest.fixture
def holder(connection: AnyConnection, database_url: str) -> AnyConnection:
    """A second connection, in a transaction that its user ends."""
    return psycopg.connect(database_url)


@pytest.fixture(autouse=True)
def _closed(holder: AnyConnection) -> Any:
    yield
    holder.close()


def merge() -> MergeCounts:
    return merge_runs("mmf")


def edit(**updates: Any) -> Callable[[], Run]:
    return lambda: db.runs_history.update_run_with_history("mmf_1", updates, "Ada")


def failure_of(future: "Future[Any]") -> FitnessPipelineError:
    error = future.exception()
    assert isinstance(error, FitnessPipelineError), error
    return error


def test_who_only_refers_to_a_run_and_its_shoe_keeps_nobody_from_changing_them(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    shoe_id = db.shoes.bulk_create_shoes_by_names(["Ghost"], conn=connection)["Ghost"]
    create_runs(connection, new_run(shoe_id=shoe_id))
    holder.execute(
        "insert into normalized.calendar_events (run_id, generation, calendar_id) values ('mmf_1', 0, 'me')"
    )
    holder.execute(
        "insert into runs (id, datetime_utc, type, distance, duration, source, shoe_id) "
        "select 'mmf_2', datetime_utc, type, distance, duration, source, shoe_id from runs"
    )
    put_gear(connection, "g1", "Ghost", is_retired=True)
    say_upstream(connection, new_run(shoe_id=shoe_id, duration=100.0))
    connection.execute("set lock_timeout = '1s'")
    db.runs_history.update_run_with_history("mmf_1", {"distance": 7.0}, "Ada", conn=connection)
    assert merge_runs("mmf", conn=connection).updated == 1
    assert mirror_retirements(conn=connection) == RetirementCounts(retired=1)
    assert the_run(connection).version == 3


def test_versions_are_dated_in_their_order_although_a_transaction_began_long_before(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, new_run())
    say_upstream(connection, new_run(duration=100.0))
    holder.execute("select")  # begins
    edit(distance=7.0)()
    db.runs_history.update_run_with_history("mmf_1", {"distance": 8.0}, "Ben", conn=holder)
    holder.commit()
    holder.execute("select")
    edit(distance=9.0)()
    assert merge_runs("mmf", conn=holder).updated == 1
    holder.commit()
    dates = [version.changed_at for version in history(connection)]
    assert len(dates) == 5
    assert dates == sorted(dates)


def test_sixteen_editors_at_once_leave_contiguous_versions_and_no_lost_field(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, new_run())
    updates: dict[str, dict[str, Any]] = {}
    for number in range(EDITORS):
        field = ("distance", "duration", "avg_heart_rate", "type")[number % 4]
        value = "Treadmill Run" if field == "type" else 100.0 + number
        updates[f"editor {number}"] = {field: value}

    def editor(name: str) -> Callable[[], Run]:
        return lambda: db.runs_history.update_run_with_history("mmf_1", updates[name], name)

    holder.execute("select from runs for update")
    edits = while_blocked(holder, *map(editor, updates), then=holder.rollback)
    assert all(future.exception() is None for future in edits)

    versions = history(connection)
    changed_by = [version.changed_by for version in versions[1:]]
    # Of the four who say Treadmill Run, only the first changes anything.
    assert len(versions) == 1 + EDITORS - 3
    assert len(set(changed_by)) == len(changed_by)
    for before, after in pairwise(versions):
        assert after.changed_by is not None
        assert values_of(after) == {**values_of(before), **updates[after.changed_by]}


def test_editors_who_never_wait_for_each_other_on_purpose_lose_nothing_either(
    connection: AnyConnection,
) -> None:
    create_runs(connection, new_run())

    def edit_four_times(number: int) -> None:
        for turn in range(4):
            db.runs_history.update_run_with_history(
                "mmf_1", {"distance": float(10 * number + turn)}, f"editor {number}"
            )

    with ThreadPoolExecutor(EDITORS) as pool:
        list(pool.map(edit_four_times, range(EDITORS)))
    versions = history(connection)
    assert len(versions) == 1 + 4 * EDITORS
    assert len({version.distance for version in versions}) == 1 + 4 * EDITORS - 1  # 3.0 is there twice


def test_a_merge_that_waits_for_an_edit_keeps_it(connection: AnyConnection, holder: AnyConnection) -> None:
    create_runs(connection, new_run())
    say_upstream(connection, new_run(distance=4.0, duration=9.0))
    db.runs_history.update_run_with_history("mmf_1", {"distance": 8.0}, "Ada", conn=holder)
    (merged,) = while_blocked(holder, merge, then=holder.commit)
    assert merged.result() == MergeCounts(updated=1, conflicts=1)
    assert values_of(the_run(connection)) == {**values_of(new_run()), "distance": 8.0, "duration": 9.0}
    assert [version.changed_by for version in history(connection)] == ["system", "Ada", "mmf"]
    assert [conflict.field for conflict in get_open_conflicts()] == ["distance"]


def test_an_edit_that_waits_for_a_merge_is_made_on_top_of_it(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, new_run())
    say_upstream(connection, new_run(distance=4.0, duration=9.0))
    merge_runs("mmf", conn=holder)
    (edited,) = while_blocked(holder, edit(distance=8.0), then=holder.commit)
    assert edited.result() == the_run(connection)
    assert values_of(the_run(connection)) == {**values_of(new_run()), "distance": 8.0, "duration": 9.0}
    assert [version.changed_by for version in history(connection)] == ["system", "mmf", "Ada"]
    assert get_open_conflicts() == []


def test_a_merge_that_waits_for_an_edit_that_is_taken_back_takes_upstream(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, new_run())
    say_upstream(connection, new_run(distance=4.0))
    db.runs_history.update_run_with_history("mmf_1", {"distance": 8.0}, "Ada", conn=holder)
    (merged,) = while_blocked(holder, merge, then=holder.rollback)
    assert merged.result() == MergeCounts(updated=1)
    assert the_run(connection).distance == 4.0


def test_a_merge_that_waits_for_the_runners_deletion_leaves_it_deleted(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    """Even a run that the provider itself had deleted once, and brought back."""
    create_runs(connection, new_run())
    for _ in range(2):
        say_upstream(connection, others=["mmf_1"])
        merge()
        say_upstream(connection, new_run(distance=4.0))
        merge()
    say_upstream(connection, new_run(distance=5.0))
    db.runs_history.soft_delete_run("mmf_1", "Ada", conn=holder)
    (merged,) = while_blocked(holder, merge, then=holder.commit)
    assert merged.result().revived == 0
    assert the_run(connection).deleted_at is not None
    history(connection)


def test_a_second_merge_waits_and_finds_nothing_left_to_do(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, new_run("mmf_1"))
    say_upstream(connection, new_run("mmf_1", distance=4.0), new_run("mmf_2"))
    assert merge_runs("mmf", conn=holder) == MergeCounts(inserted=1, updated=1)
    (second,) = while_blocked(holder, merge, then=holder.commit)
    assert second.result() == MergeCounts()
    assert (len(history(connection, "mmf_1")), len(history(connection, "mmf_2"))) == (2, 1)


def test_a_second_merge_does_the_work_of_a_first_that_is_taken_back(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    say_upstream(connection, new_run("mmf_1"))
    merge_runs("mmf", conn=holder)
    (second,) = while_blocked(holder, merge, then=holder.rollback)
    assert second.result() == MergeCounts(inserted=1)


def test_one_file_imported_twice_at_once_is_imported_once(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    path = Importer(connection, tmp_path).export(Workout(id=1), Workout(id=2))
    assert not ingest_export(path, conn=holder).was_known
    (second,) = while_blocked(holder, lambda: ingest_export(path), then=holder.commit)
    assert second.result().was_known
    assert [file.rows_new for file in list_files()] == [2]
    assert fetch_value(connection, "select count(distinct change_id) from raw.mmf_workouts") == 1


def test_one_file_imported_twice_at_once_is_imported_by_the_second_when_the_first_fails(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    path = Importer(connection, tmp_path).export(Workout(id=1), Workout(id=2))
    ingest_export(path, conn=holder)
    (second,) = while_blocked(holder, lambda: ingest_export(path), then=holder.rollback)
    assert (second.result().was_known, second.result().file.rows_new) == (False, 2)


def test_normalizing_waits_for_an_import_and_misses_none_of_it(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    take = Importer(connection, tmp_path)
    take(Workout(id=1))
    ingest_export(take.export(Workout(id=2)), conn=holder)
    (normalized,) = while_blocked(
        holder,
        lambda: normalize("mmf", settings_in(), today=TODAY),
        then=holder.commit,
    )
    assert normalized.result().new == 1
    assert merge() == MergeCounts(inserted=1)


def test_whole_imports_at_once_bring_every_run_once(connection: AnyConnection, tmp_path: Path) -> None:
    take = Importer(connection, tmp_path)
    paths = [take.export(*(Workout(id=id) for id in range(first, first + 4))) for first in range(1, 9)]

    def import_all(path: Path) -> int:
        ingest_export(path)
        normalize("mmf", settings_in(), today=TODAY)
        return merge().inserted

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(import_all, paths)) == 11
    assert len(db.runs.get_existing_run_ids()) == 11
    assert runs_unlike_their_newest_version().count == 0
    assert fetch_value(connection, "select count(*) from runs_history") == 11


def test_a_run_created_twice_at_once_is_created_once(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    assert db.runs.bulk_create_runs([new_run(distance=1.0)], conn=holder) == 1
    (second,) = while_blocked(
        holder,
        lambda: db.runs.bulk_create_runs([new_run(distance=2.0), new_run("mmf_2")]),
        then=holder.commit,
    )
    assert second.result() == 1
    assert (the_run(connection).distance, len(history(connection))) == (1.0, 1)


def test_a_shoe_created_twice_at_once_is_one_shoe(connection: AnyConnection, holder: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=holder)
    (second,) = while_blocked(
        holder, lambda: db.shoes.bulk_create_shoes_by_names(["ghost 15"]), then=holder.commit
    )
    assert second.result() == {"ghost 15": "ghost_15"}
    assert [shoe.name for shoe in db.shoes.get_shoes()] == ["Ghost 15"]


def test_a_retirement_that_two_look_at_at_once_is_mirrored_once(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    """And what the runner does between the two looks stays."""
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=connection)
    put_gear(connection, "g1", "Ghost 15", is_retired=True)
    assert mirror_retirements(conn=holder) == RetirementCounts(retired=1)
    db.shoes.unretire_shoe_by_id("ghost_15", conn=holder)
    (second,) = while_blocked(holder, mirror_retirements, then=holder.commit)
    assert second.result() == RetirementCounts()
    assert [shoe.retired_at for shoe in db.shoes.get_shoes()] == [None]


def test_two_aliases_made_at_once_do_not_form_a_chain(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    add_shoe_alias("B", "C", conn=holder)
    (second,) = while_blocked(holder, lambda: add_shoe_alias("A", "B"), then=holder.commit)
    assert isinstance(failure_of(second), InvalidValue)
    assert [alias.spelling for alias in get_shoe_aliases()] == ["B"]


def test_an_edit_that_waits_for_a_deletion_is_refused(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, new_run())
    db.runs_history.soft_delete_run("mmf_1", "Grace", conn=holder)
    (edited,) = while_blocked(holder, edit(distance=8.0), then=holder.commit)
    assert isinstance(failure_of(edited), RunNotFound)
    assert len(history(connection)) == 2


def test_two_deletions_at_once_are_one(connection: AnyConnection, holder: AnyConnection) -> None:
    create_runs(connection, new_run())
    db.runs_history.soft_delete_run("mmf_1", "Grace", conn=holder)
    (second,) = while_blocked(
        holder, lambda: db.runs_history.soft_delete_run("mmf_1", "Ada"), then=holder.commit
    )
    assert second.result() == the_run(connection)
    assert [version.changed_by for version in history(connection)] == ["system", "Grace"]


def test_a_restore_that_waits_for_an_edit_comes_after_it(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, new_run())
    db.runs_history.update_run_with_history("mmf_1", {"distance": 8.0}, "Grace", conn=holder)
    (restored,) = while_blocked(
        holder, lambda: db.runs_history.restore_run_version("mmf_1", 1, "Ada"), then=holder.commit
    )
    assert (restored.result().version, restored.result().distance) == (3, 3.0)
    history(connection)


def test_the_later_of_two_watermarks_wins_whoever_comes_first(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    earlier, later = new_run().datetime_utc, new_run().datetime_utc.replace(year=2026)
    db.sync_metadata.update_last_sync_time("strava", later, conn=holder)
    while_blocked(
        holder, lambda: db.sync_metadata.update_last_sync_time("strava", earlier), then=holder.commit
    )[0].result()
    assert db.sync_metadata.get_last_sync_time("strava") == later


def test_an_import_that_changes_nothing_waits_for_no_editor(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    """It locks no run, so it ends although somebody holds all of them."""
    rows = [Workout(id=1), Workout(id=2)]
    take = Importer(connection, tmp_path)
    take(*rows)
    holder.execute("select from runs for update")
    take(*rows, Workout(id=3))
    holder.rollback()
    assert len(db.runs.get_existing_run_ids()) == 3


def test_a_merge_locks_only_the_runs_that_changed_upstream(
    connection: AnyConnection, holder: AnyConnection
) -> None:
    create_runs(connection, *(new_run(id) for id in ("mmf_1", "mmf_2")))
    say_upstream(connection, new_run("mmf_1"), new_run("mmf_2"))
    merge()
    holder.execute("select from runs where id = 'mmf_2' for update")
    say_upstream(connection, new_run("mmf_1", distance=4.0), new_run("mmf_2"))
    assert merge() == MergeCounts(updated=1)
    holder.rollback()


def test_readers_never_wait(connection: AnyConnection, holder: AnyConnection) -> None:
    create_runs(connection, new_run())
    db.runs_history.update_run_with_history("mmf_1", {"distance": 8.0}, "Ada", conn=holder)
    assert [getattr(the_run(connection), field) for field in VALUES] == list(values_of(new_run()).values())
    assert len(db.runs_history.get_run_history("mmf_1")) == 1
    holder.rollback()


def test_a_file_that_is_replaced_while_it_is_read_is_left_for_the_next_look(
    connection: AnyConnection, holder: AnyConnection, tmp_path: Path
) -> None:
    path = write_export(tmp_path / "export.csv", [Workout(id=1)])
    take_turn(holder, "mmf")

    def replace_and_let_go() -> None:
        write_export(tmp_path / "other.csv", [Workout(id=2)]).replace(path)
        holder.rollback()

    (read,) = while_blocked(holder, lambda: ingest_export(path), then=replace_and_let_go)
    with pytest.raises(ChangedWhileRead, match=r"export\.csv was written to or replaced"):
        read.result()
    assert list_files(conn=connection) == []
    assert ingest_export(path).file.rows_new == 1
