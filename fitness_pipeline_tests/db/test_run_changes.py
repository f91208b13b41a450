"""Changes tell what they changed, expect a version, and keep their token; what was deleted comes back."""

from collections.abc import Callable

import psycopg
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.api_edits import ApiEdit, get_api_edits
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.run_changes import (
    RunChange,
    Signature,
    delete_run,
    edit_run,
    restore_run,
    undelete_run,
)
from fitness_pipeline.errors import InvalidValue, RunNotFound, VersionConflict
from fitness_pipeline_tests.builders import (
    create_runs,
    history,
    new_run,
    row_versions,
    say_upstream,
    the_run,
    values_of,
    while_blocked,
)
from fitness_pipeline_tests.db.sides import is_deleted, merge

ADA = Signature(changed_by="Ada")
PHONE = "phone"

Change = Callable[[AnyConnection, int | None], RunChange]
CHANGES: dict[str, Change] = {
    "edit": lambda conn, version: edit_run("mmf_1", {"distance": 9.0}, ADA, version, conn=conn),
    "restore": lambda conn, version: restore_run("mmf_1", 1, ADA, version, conn=conn),
    "delete": lambda conn, version: delete_run("mmf_1", ADA, version, conn=conn),
    "undelete": lambda conn, version: undelete_run("mmf_1", ADA, version, conn=conn),
}


@pytest.fixture
def edited(scratch: AnyConnection) -> AnyConnection:
    """A run of which the runner made a second version."""
    create_runs(scratch, new_run(avg_heart_rate=140.0))
    edit_run("mmf_1", {"distance": 4.0, "avg_heart_rate": None}, ADA, conn=scratch)
    return scratch


def test_an_edit_tells_what_was_different(edited: AnyConnection) -> None:
    updates = {**values_of(the_run(edited)), "distance": 9.0, "avg_heart_rate": 150.0}
    change = edit_run("mmf_1", updates, ADA, conn=edited)
    assert sorted(change.fields) == ["avg_heart_rate", "distance"]
    assert change.run == the_run(edited)


def test_an_edit_of_what_is_there_already_tells_that_nothing_was(edited: AnyConnection) -> None:
    before = row_versions(edited)
    run = the_run(edited)
    assert edit_run("mmf_1", values_of(run), ADA, conn=edited) == RunChange(run=run, fields=())
    assert row_versions(edited) == before


def test_restoring_and_deleting_tell_what_was_different_too(edited: AnyConnection) -> None:
    assert delete_run("mmf_1", ADA, conn=edited).fields == ("deleted_at",)
    assert delete_run("mmf_1", ADA, conn=edited).fields == ()
    assert set(restore_run("mmf_1", 1, ADA, conn=edited).fields) == {
        "distance",
        "avg_heart_rate",
        "deleted_at",
    }
    assert restore_run("mmf_1", 1, ADA, conn=edited).fields == ()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("version", [1, 3, -1, 10**17])
def test_a_change_of_another_version_is_refused_and_writes_nothing(
    edited: AnyConnection, change: str, version: int
) -> None:
    before = row_versions(edited)
    with pytest.raises(VersionConflict, match=f"version 2 by now, not {version}"):
        CHANGES[change](edited, version)
    assert row_versions(edited) == before


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_expected_version_is_made(edited: AnyConnection, change: str) -> None:
    CHANGES[change](edited, 2)
    assert len(history(edited)) == (2 if change == "undelete" else 3)


def test_of_two_who_expect_the_same_version_only_the_first_changes_it(
    connection: AnyConnection, database_url: str
) -> None:
    create_runs(connection, new_run())
    with psycopg.connect(database_url) as holder:
        holder.execute("select from runs for update")
        edits = while_blocked(
            holder,
            lambda: edit_run("mmf_1", {"distance": 4.0}, ADA, 1),
            lambda: edit_run("mmf_1", {"duration": 9.0}, ADA, 1),
            then=holder.rollback,
        )
    assert sorted(str(type(edit.exception())) for edit in edits) == sorted(
        map(str, (type(None), VersionConflict))
    )
    assert len(history(connection)) == 2


def test_a_deleted_run_comes_back_as_it_was(edited: AnyConnection) -> None:
    before = values_of(the_run(edited))
    delete_run("mmf_1", ADA, conn=edited)
    change = undelete_run("mmf_1", ADA, conn=edited)
    assert (change.fields, change.run.deleted_at, change.run.version) == (("deleted_at",), None, 4)
    newest = history(edited)[-1]
    assert (newest.change_type, newest.changed_by, newest.change_reason) == ("edit", "Ada", "Undeleted")
    assert values_of(newest) == before


def test_a_run_comes_back_for_a_reason(edited: AnyConnection) -> None:
    delete_run("mmf_1", ADA, conn=edited)
    undelete_run("mmf_1", Signature(changed_by="Ada", change_reason="it was mine"), conn=edited)
    assert history(edited)[-1].change_reason == "it was mine"


def test_a_run_that_is_not_deleted_does_not_come_back(edited: AnyConnection) -> None:
    before = row_versions(edited)
    run = the_run(edited)
    assert undelete_run("mmf_1", ADA, conn=edited) == RunChange(run=run, fields=())
    assert row_versions(edited) == before


def test_an_unknown_run_does_not_come_back(scratch: AnyConnection) -> None:
    with pytest.raises(RunNotFound, match="mmf_9"):
        undelete_run("mmf_9", ADA, conn=scratch)


def test_a_run_that_came_back_is_not_deleted_by_the_provider_again(connection: AnyConnection) -> None:
    say_upstream(connection, new_run())
    merge(connection)
    say_upstream(connection, withdrawn=["mmf_1"])
    merge(connection)
    assert is_deleted(connection)
    undelete_run("mmf_1", ADA, conn=connection)
    merge(connection)
    assert not is_deleted(connection)


@pytest.mark.parametrize("nobody", ["", "mmf", "strava", "hevy", "system"])
def test_nobody_signs_as_one_who_is_no_person(edited: AnyConnection, nobody: str) -> None:
    before = row_versions(edited)
    for change in (delete_run, undelete_run):
        with pytest.raises(InvalidValue, match="which person"):
            change("mmf_1", Signature(changed_by=nobody), conn=edited)
    assert row_versions(edited) == before


def test_the_token_of_a_version_is_kept_beside_the_label(edited: AnyConnection) -> None:
    signature = Signature(changed_by="Grace", token_name=PHONE)
    edit_run("mmf_1", {"distance": 5.0}, signature, conn=edited)
    edit_run("mmf_1", {"distance": 6.0}, ADA, conn=edited)
    delete_run("mmf_1", Signature(changed_by=PHONE, token_name=PHONE), conn=edited)
    undelete_run("mmf_1", signature, conn=edited)
    restore_run("mmf_1", 1, signature, conn=edited)
    assert get_api_edits("mmf_1", conn=edited) == [
        ApiEdit(run_id="mmf_1", version_number=number, changed_by=label, token_name=PHONE)
        for number, label in ((7, "Grace"), (6, "Grace"), (5, PHONE), (3, "Grace"))
    ]


def test_what_changes_nothing_keeps_no_token(edited: AnyConnection) -> None:
    signature = Signature(changed_by="Ada", token_name=PHONE)
    edit_run("mmf_1", {"distance": 4.0}, signature, conn=edited)
    assert get_api_edits("mmf_1", conn=edited) == []


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    create_runs(connection, new_run())
    signature = Signature(changed_by="Ada", token_name=PHONE)
    assert edit_run("mmf_1", {"distance": 4.0}, signature).run.version == 2
    assert delete_run("mmf_1", signature, 2).run.version == 3
    assert undelete_run("mmf_1", signature, 3).run.version == 4
    assert restore_run("mmf_1", 1, signature, 4).run.version == 5
    assert [edit.version_number for edit in get_api_edits("mmf_1")] == [5, 4, 3, 2]
    detail = db.runs.get_run_detail_by_id("mmf_1")
    assert detail is not None
    assert detail.version == 5
