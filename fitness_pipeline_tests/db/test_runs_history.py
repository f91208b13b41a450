"""Edits, deletions and restores: one change, one version."""

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import errors as pg

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import (
    InvalidValue,
    NotEditable,
    RunNotFound,
    ShoeNotFound,
    VersionNotFound,
)
from fitness_pipeline_tests.builders import (
    MORNING,
    create_runs,
    history,
    new_run,
    row_versions,
    the_run,
    values_of,
)

ANOTHER_VALUE: dict[str, Any] = {
    "distance": 4.5,
    "duration": 2000.0,
    "avg_heart_rate": 151.0,
    "type": "Treadmill Run",
    "shoe_id": "ghost_15",
    "datetime_utc": datetime(2025, 5, 6, 13, tzinfo=UTC),
}


@pytest.fixture
def a_run(scratch: AnyConnection) -> AnyConnection:
    """A run with heart rate and shoe, and a second shoe."""
    db.shoes.bulk_create_shoes_by_names(["Pegasus 38", "Ghost 15"], conn=scratch)
    create_runs(scratch, new_run(avg_heart_rate=140.0, shoe_id="pegasus_38"))
    return scratch


def edit(connection: AnyConnection, **updates: Any) -> None:
    db.runs_history.update_run_with_history("mmf_1", updates, "runner", conn=connection)


@pytest.mark.parametrize("field", ANOTHER_VALUE)
def test_each_editable_field_can_be_edited_alone(a_run: AnyConnection, field: str) -> None:
    before = the_run(a_run)
    value = ANOTHER_VALUE[field]
    run = db.runs_history.update_run_with_history("mmf_1", {field: value}, "Ada", "measured", conn=a_run)
    assert run == the_run(a_run)
    assert values_of(run) == {**values_of(before), field: value}
    original, edited = history(a_run)
    assert values_of(original) == values_of(before)
    assert (edited.change_type, edited.changed_by, edited.change_reason) == ("edit", "Ada", "measured")


def test_an_edit_of_all_fields_is_one_version_that_names_who_and_when(connection: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=connection)
    create_runs(connection, new_run())
    run = db.runs_history.update_run_with_history("mmf_1", ANOTHER_VALUE, "Ada", conn=connection)
    assert (run.version, run.last_edited_by) == (2, "Ada")
    assert values_of(run) == ANOTHER_VALUE
    (_, edited) = history(connection)
    assert (edited.changed_by, edited.change_reason) == ("Ada", None)
    assert edited.changed_at == run.last_edited_at
    assert run.created_at < run.updated_at < run.last_edited_at


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "source",
        "version",
        "deleted_at",
        "last_edited_at",
        "last_edited_by",
        "created_at",
        "updated_at",
        "distance = 0 --",
        "",
    ],
)
def test_any_other_field_is_refused_together_with_its_companions(a_run: AnyConnection, field: str) -> None:
    before = row_versions(a_run)
    with pytest.raises(NotEditable, match="cannot be edited; distance, "):
        edit(a_run, distance=4.5, **{field: the_run(a_run).source})
    assert row_versions(a_run) == before


@pytest.mark.parametrize(
    "value",
    [-1.0, -1, math.nan, math.inf, -math.inf, True, False, "4.5", Decimal("4.5"), 10**400, [4.5], b"4"],
    ids=lambda value: f"{type(value).__name__}_{str(value)[:10]}",
)
def test_what_is_no_sensible_number_is_refused(a_run: AnyConnection, value: object) -> None:
    for field in ("distance", "duration", "avg_heart_rate"):
        with pytest.raises(InvalidValue, match=field):
            edit(a_run, **{field: value})
    assert the_run(a_run).version == 1


@pytest.mark.parametrize("field", ["distance", "duration", "type", "datetime_utc"])
def test_what_every_run_has_cannot_be_cleared(a_run: AnyConnection, field: str) -> None:
    with pytest.raises(InvalidValue, match=field):
        edit(a_run, **{field: None})
    assert the_run(a_run).version == 1


@pytest.mark.parametrize("field", ["avg_heart_rate", "shoe_id"])
def test_heart_rate_and_shoe_can_be_cleared(a_run: AnyConnection, field: str) -> None:
    edit(a_run, **{field: None})
    assert getattr(the_run(a_run), field) is None
    assert len(history(a_run)) == 2


@pytest.mark.parametrize("beats", [19.9, 250.1, 0])
def test_a_heart_rate_that_no_runner_has_is_refused(a_run: AnyConnection, beats: float) -> None:
    with pytest.raises(InvalidValue, match="20 to 250"):
        edit(a_run, avg_heart_rate=beats)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2025, 5, 6, 12),  # noqa: DTZ001 - that is the point
        MORNING.date(),
        "2025-05-06T12:00:00Z",
        MORNING.timestamp(),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),  # before the year 1 in UTC
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
    ],
    ids=str,
)
def test_a_start_that_is_no_instant_is_refused(a_run: AnyConnection, value: object) -> None:
    with pytest.raises(InvalidValue, match="datetime_utc"):
        edit(a_run, datetime_utc=value)
    assert the_run(a_run).version == 1


@pytest.mark.parametrize("value", ["Run", "outdoor run", "", 1, ["Outdoor Run"]], ids=str)
def test_a_type_that_no_run_has_is_refused(a_run: AnyConnection, value: object) -> None:
    with pytest.raises(InvalidValue, match="Outdoor Run, Treadmill Run"):
        edit(a_run, type=value)


def test_an_unknown_shoe_is_refused(a_run: AnyConnection) -> None:
    with pytest.raises(ShoeNotFound, match="cloud_5"):
        edit(a_run, shoe_id="cloud_5")
    assert the_run(a_run).version == 1


def test_a_deleted_shoe_is_refused(a_run: AnyConnection) -> None:
    a_run.execute("update shoes set deleted_at = now() where id = 'ghost_15'")
    with pytest.raises(ShoeNotFound, match="ghost_15"):
        edit(a_run, shoe_id="ghost_15")
    assert the_run(a_run).version == 1


def test_a_shoe_that_is_no_text_is_refused(a_run: AnyConnection) -> None:
    with pytest.raises(InvalidValue, match="shoe_id"):
        edit(a_run, shoe_id=7)


def test_an_edit_without_fields_is_refused(a_run: AnyConnection) -> None:
    with pytest.raises(InvalidValue, match="nothing to change"):
        edit(a_run)


def test_an_edit_that_changes_nothing_makes_no_version(a_run: AnyConnection) -> None:
    run = the_run(a_run)
    before = row_versions(a_run)
    same_instant = run.datetime_utc.astimezone(timezone(timedelta(hours=9)))
    edit(a_run, **{**values_of(run), "distance": int(run.distance), "datetime_utc": same_instant})
    assert the_run(a_run) == run
    assert row_versions(a_run) == before


def test_only_what_differs_counts(a_run: AnyConnection) -> None:
    edit(a_run, **{**values_of(the_run(a_run)), "duration": 1801})
    assert [version.duration for version in history(a_run)] == [1800.0, 1801.0]


def test_an_unknown_run_cannot_be_edited_deleted_or_restored(scratch: AnyConnection) -> None:
    with pytest.raises(RunNotFound, match="mmf_9"):
        db.runs_history.update_run_with_history("mmf_9", {"distance": 1}, "runner", conn=scratch)
    with pytest.raises(RunNotFound, match="mmf_9"):
        db.runs_history.soft_delete_run("mmf_9", "runner", conn=scratch)
    with pytest.raises(RunNotFound, match="mmf_9"):
        db.runs_history.restore_run_version("mmf_9", 1, "runner", conn=scratch)


def test_a_deletion_is_a_version_that_keeps_the_values(a_run: AnyConnection) -> None:
    before = values_of(the_run(a_run))
    run = db.runs_history.soft_delete_run("mmf_1", "Ada", "not me", conn=a_run)
    assert run == the_run(a_run)
    assert run.deleted_at is not None
    deletion = history(a_run)[-1]
    assert (deletion.version_number, deletion.change_type, deletion.changed_by, deletion.change_reason) == (
        2,
        "deletion",
        "Ada",
        "not me",
    )
    assert values_of(deletion) == before


def test_deleting_twice_is_deleting_once(connection: AnyConnection) -> None:
    create_runs(connection, new_run())
    once = db.runs_history.soft_delete_run("mmf_1", "Ada", conn=connection)
    before = row_versions(connection)
    assert db.runs_history.soft_delete_run("mmf_1", "Grace", conn=connection) == once
    assert row_versions(connection) == before


def test_a_deleted_run_cannot_be_edited(a_run: AnyConnection) -> None:
    db.runs_history.soft_delete_run("mmf_1", "Ada", conn=a_run)
    with pytest.raises(RunNotFound, match="Restore"):
        edit(a_run, distance=4.5)
    assert the_run(a_run).version == 2


def test_a_restored_version_is_a_new_version_with_its_values(a_run: AnyConnection) -> None:
    original = values_of(the_run(a_run))
    edit(a_run, **ANOTHER_VALUE)
    edit(a_run, distance=9.0)
    run = db.runs_history.restore_run_version("mmf_1", 1, "Ada", conn=a_run)
    assert run == the_run(a_run)
    assert (run.version, values_of(run)) == (4, original)
    restored = history(a_run)[-1]
    assert (restored.change_type, restored.changed_by, restored.change_reason) == (
        "edit",
        "Ada",
        "Restored to version 1",
    )


def test_a_restore_says_why_when_it_was_told(a_run: AnyConnection) -> None:
    edit(a_run, distance=9.0)
    db.runs_history.restore_run_version("mmf_1", 1, "Ada", "typo", conn=a_run)
    assert history(a_run)[-1].change_reason == "typo"


def test_restoring_what_is_there_already_makes_no_version(a_run: AnyConnection) -> None:
    before = row_versions(a_run)
    db.runs_history.restore_run_version("mmf_1", 1, "Ada", conn=a_run)
    assert row_versions(a_run) == before


def test_a_restore_brings_a_deleted_run_back(a_run: AnyConnection) -> None:
    db.runs_history.soft_delete_run("mmf_1", "Ada", conn=a_run)
    run = db.runs_history.restore_run_version("mmf_1", 1, "Ada", conn=a_run)
    assert run.deleted_at is None
    assert db.runs.get_run_by_id("mmf_1", conn=a_run) == run
    assert [version.change_type for version in history(a_run)] == ["original", "deletion", "edit"]


def test_the_version_of_a_deletion_can_be_restored_too(a_run: AnyConnection) -> None:
    edit(a_run, distance=9.0)
    db.runs_history.soft_delete_run("mmf_1", "Ada", conn=a_run)
    run = db.runs_history.restore_run_version("mmf_1", 3, "Ada", conn=a_run)
    assert (run.deleted_at, run.distance, run.version) == (None, 9.0, 4)


@pytest.mark.parametrize("number", [0, -1, 2, 2**40])
def test_a_version_that_is_not_there_cannot_be_restored(a_run: AnyConnection, number: int) -> None:
    with pytest.raises(VersionNotFound, match="its newest is 1"):
        db.runs_history.restore_run_version("mmf_1", number, "Ada", conn=a_run)


def test_a_version_in_a_shoe_that_is_gone_for_good_cannot_be_restored(a_run: AnyConnection) -> None:
    edit(a_run, shoe_id="ghost_15")
    a_run.execute("delete from shoes where id = 'pegasus_38'")
    with pytest.raises(ShoeNotFound, match="pegasus_38"):
        db.runs_history.restore_run_version("mmf_1", 1, "Ada", conn=a_run)
    assert the_run(a_run).version == 2


def test_history_is_read_newest_first_and_can_be_limited(a_run: AnyConnection) -> None:
    for miles in (4, 5, 6):
        edit(a_run, distance=miles)
    numbers = [version.version_number for version in db.runs_history.get_run_history("mmf_1", conn=a_run)]
    assert numbers == [4, 3, 2, 1]
    limited = db.runs_history.get_run_history("mmf_1", limit=2, conn=a_run)
    assert [version.distance for version in limited] == [6.0, 5.0]
    assert db.runs_history.get_run_history("mmf_1", limit=0, conn=a_run) == []
    assert db.runs_history.get_run_history("mmf_9", conn=a_run) == []


def test_a_single_version_is_read_by_its_number(a_run: AnyConnection) -> None:
    edit(a_run, distance=4)
    version = db.runs_history.get_run_version("mmf_1", 1, conn=a_run)
    assert version is not None
    assert (version.version_number, version.distance) == (1, 3.0)
    assert db.runs_history.get_run_version("mmf_1", 3, conn=a_run) is None
    assert db.runs_history.get_run_version("mmf_9", 1, conn=a_run) is None


def test_the_latest_version_number_is_that_of_the_run(a_run: AnyConnection) -> None:
    edit(a_run, distance=4)
    assert db.runs_history.get_latest_version_number("mmf_1", conn=a_run) == the_run(a_run).version == 2
    assert db.runs_history.get_latest_version_number("mmf_9", conn=a_run) is None


def test_a_row_of_the_history_cannot_be_rewritten(a_run: AnyConnection) -> None:
    with pytest.raises(pg.RaiseException, match="never changed"), a_run.transaction():
        a_run.execute("update runs_history set distance = 0")
    assert history(a_run)[0].distance == 3.0


def test_a_run_that_is_removed_for_good_takes_its_history_along(a_run: AnyConnection) -> None:
    edit(a_run, distance=4)
    create_runs(a_run, new_run("mmf_2"))
    a_run.execute("delete from runs where id = 'mmf_1'")
    assert fetch_value(a_run, "select array_agg(run_id) from runs_history") == ["mmf_2"]


def test_a_run_that_the_calendar_holds_cannot_be_removed_for_good(a_run: AnyConnection) -> None:
    a_run.execute(
        "insert into synced_runs (run_id, run_version, google_event_id, sync_status)"
        " values ('mmf_1', 1, 'event1', 'synced')"
    )
    with pytest.raises(psycopg.IntegrityError):
        a_run.execute("delete from runs where id = 'mmf_1'")


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    create_runs(connection, new_run())
    db.runs_history.update_run_with_history("mmf_1", {"distance": 4}, "Ada")
    assert db.runs_history.get_latest_version_number("mmf_1") == 2
    db.runs_history.restore_run_version("mmf_1", 1, "Ada")
    db.runs_history.soft_delete_run("mmf_1", "Ada")
    assert [version.version_number for version in db.runs_history.get_run_history("mmf_1")] == [4, 3, 2, 1]
    version = db.runs_history.get_run_version("mmf_1", 4)
    assert version is not None
    assert version.change_type == "deletion"
    assert version == history(connection)[-1]


def test_a_refused_edit_on_our_own_connection_leaves_nothing(connection: AnyConnection) -> None:
    create_runs(connection, new_run())
    before = row_versions(connection)
    with pytest.raises(ShoeNotFound):
        db.runs_history.update_run_with_history("mmf_1", {"distance": 4, "shoe_id": "unknown"}, "Ada")
    assert row_versions(connection) == before


@pytest.mark.parametrize("start", [datetime(1899, 12, 31, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)])
def test_a_run_is_not_moved_to_where_no_run_can_be(scratch: AnyConnection, start: datetime) -> None:
    create_runs(scratch, new_run())
    with pytest.raises(InvalidValue, match="before 1900 or in the future"):
        db.runs_history.update_run_with_history("mmf_1", {"datetime_utc": start}, "Ada", conn=scratch)


@pytest.mark.parametrize("nobody", ["", "mmf", "strava"])
def test_a_person_does_not_sign_as_a_provider(scratch: AnyConnection, nobody: str) -> None:
    create_runs(scratch, new_run())
    with pytest.raises(InvalidValue, match="which person"):
        db.runs_history.update_run_with_history("mmf_1", {"distance": 4}, nobody, conn=scratch)
    with pytest.raises(InvalidValue, match="which person"):
        db.runs_history.soft_delete_run("mmf_1", nobody, conn=scratch)
