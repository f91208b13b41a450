"""`/runs/{id}/history`: every version, in pages, and how a run becomes one of them again."""

import httpx
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import create_runs, history, new_run, the_run, values_of

ORIGINAL = {
    "run_id": "mmf_1",
    "version_number": 1,
    "change_type": "original",
    "datetime_utc": "2025-05-06T12:30:00Z",
    "type": "Outdoor Run",
    "distance": 3.0,
    "duration": 1800.0,
    "source": "MapMyFitness",
    "avg_heart_rate": None,
    "shoe_id": None,
    "changed_by": "system",
    "change_reason": "Initial import",
}


@pytest.fixture
def a_run(connection: AnyConnection) -> AnyConnection:
    """A run that is as it was imported."""
    create_runs(connection, new_run())
    return connection


def edit(editor: httpx.Client, **fields: object) -> None:
    assert editor.patch("/runs/mmf_1", json=fields).status_code == 200


def test_a_fresh_run_has_one_version_with_the_fields_that_clients_know(
    viewer: httpx.Client, a_run: AnyConnection
) -> None:
    (version,) = viewer.get("/runs/mmf_1/history").json()
    assert {**version, **ORIGINAL} == version
    assert set(version) - set(ORIGINAL) == {"history_id", "changed_at"}
    assert viewer.get("/runs/mmf_1/history/1").json() == version


def test_versions_come_newest_first_and_the_newest_is_the_run(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    edit(editor, distance=4)
    edit(editor, duration=9)
    editor.delete("/runs/mmf_1")
    versions = editor.get("/runs/mmf_1/history").json()
    assert [(version["version_number"], version["change_type"]) for version in versions] == [
        (4, "deletion"),
        (3, "edit"),
        (2, "edit"),
        (1, "original"),
    ]
    run = the_run(a_run)
    assert (versions[0]["distance"], versions[0]["duration"]) == (run.distance, run.duration)


def test_the_history_has_pages(editor: httpx.Client, a_run: AnyConnection) -> None:
    for number in range(60):
        db.runs_history.update_run_with_history("mmf_1", {"distance": 10.0 + number}, "Ada", conn=a_run)
    usual = editor.get("/runs/mmf_1/history")
    assert [version["version_number"] for version in usual.json()] == list(range(61, 11, -1))
    rest = editor.get(usual.links["next"]["url"])
    assert [version["version_number"] for version in rest.json()] == list(range(11, 0, -1))
    assert "next" not in rest.links
    two = editor.get("/runs/mmf_1/history", params={"limit": 2})
    assert [version["version_number"] for version in two.json()] == [61, 60]
    cursor = httpx.URL(two.links["next"]["url"]).params["cursor"]
    assert editor.get("/runs", params={"cursor": cursor}).status_code == 422
    assert editor.get("/shoes", params={"cursor": cursor}).status_code == 422


def test_what_has_no_such_version_is_not_found(editor: httpx.Client, a_run: AnyConnection) -> None:
    assert editor.get("/runs/mmf_9/history").status_code == 404
    assert editor.get("/runs/mmf_9/history/1").status_code == 404
    assert editor.post("/runs/mmf_9/restore/1").status_code == 404
    for number in (0, -1, 2, 10**30):
        assert editor.get(f"/runs/mmf_1/history/{number}").status_code == 404
        assert editor.post(f"/runs/mmf_1/restore/{number}").status_code == 404
    for number_word in ("one", "1.5", "1" * 5000):
        assert editor.get(f"/runs/mmf_1/history/{number_word}").status_code == 422
        assert editor.post(f"/runs/mmf_1/restore/{number_word}").status_code == 422
    assert the_run(a_run).version == 1


def test_a_restored_version_is_a_new_one_with_the_old_values(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    original = values_of(the_run(a_run))
    edit(editor, distance=4, avg_heart_rate=150)
    answer = editor.post("/runs/mmf_1/restore/1", params={"restored_by": "Ada"})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"3"'
    told = answer.json()
    assert set(told) == {"status", "message", "run", "restored_from_version", "restored_at", "restored_by"}
    assert (told["status"], told["restored_from_version"], told["restored_by"]) == ("success", 1, "Ada")
    assert told["run"] == editor.get("/runs/mmf_1").json()
    newest = history(a_run)[-1]
    assert values_of(newest) == original
    assert (newest.change_type, newest.changed_by, newest.change_reason) == (
        "edit",
        "Ada",
        "Restored to version 1",
    )


def test_a_restore_without_a_label_is_signed_with_the_token(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    edit(editor, distance=4)
    assert editor.post("/runs/mmf_1/restore/1").json()["restored_by"] == "the editor"
    assert history(a_run)[-1].changed_by == "the editor"


def test_a_restore_brings_a_deleted_run_back(editor: httpx.Client, a_run: AnyConnection) -> None:
    editor.delete("/runs/mmf_1")
    assert editor.post("/runs/mmf_1/restore/2").json()["run"]["deleted_at"] is None
    assert editor.get("/runs/mmf_1").status_code == 200


def test_restoring_what_is_there_already_makes_no_version(editor: httpx.Client, a_run: AnyConnection) -> None:
    answer = editor.post("/runs/mmf_1/restore/1")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert len(history(a_run)) == 1
