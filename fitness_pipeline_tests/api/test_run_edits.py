"""Edits, deletions and restores over HTTP: one change, one version, with a label and a token."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import httpx
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.api_edits import ApiEdit, get_api_edits
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.builders import create_runs, history, new_run, row_versions, the_run, values_of

ANOTHER_VALUE: dict[str, Any] = {
    "distance": 4.5,
    "duration": 2000.0,
    "avg_heart_rate": 151.0,
    "type": "Treadmill Run",
    "shoe_id": "ghost_15",
    "datetime_utc": "2025-05-06T13:00:00Z",
}
# What is sent, and which part of it is named.
REFUSED: tuple[tuple[str, list[str | int]], ...] = (
    ('{"distance": 0}', ["body", "distance"]),
    ('{"distance": -1}', ["body", "distance"]),
    ('{"distance": NaN}', ["body", "distance"]),
    ('{"distance": Infinity}', ["body", "distance"]),
    ('{"distance": 1e999}', ["body", "distance"]),
    ('{"distance": 1' + "0" * 400 + "}", ["body", "distance"]),
    ('{"distance": "4.5"}', ["body", "distance"]),
    ('{"distance": true}', ["body", "distance"]),
    ('{"distance": null}', ["body", "distance"]),
    ('{"distance": [[[[[[[[[[[[4]]]]]]]]]]]]}', ["body", "distance"]),
    ('{"duration": 0}', ["body", "duration"]),
    ('{"duration": -Infinity}', ["body", "duration"]),
    ('{"duration": null}', ["body", "duration"]),
    ('{"avg_heart_rate": 19.9}', ["body", "avg_heart_rate"]),
    ('{"avg_heart_rate": 250.1}', ["body", "avg_heart_rate"]),
    ('{"avg_heart_rate": NaN}', ["body", "avg_heart_rate"]),
    ('{"type": "Walk"}', ["body", "type"]),
    ('{"type": null}', ["body", "type"]),
    ('{"shoe_id": "cloud_5"}', ["body", "shoe_id"]),
    ('{"shoe_id": "deleted"}', ["body", "shoe_id"]),
    ('{"shoe_id": 5}', ["body", "shoe_id"]),
    ('{"shoe_id": ""}', ["body", "shoe_id"]),
    ('{"shoe_id": "a\\u0000"}', ["body", "shoe_id"]),
    ('{"shoe_id": "\\ud800"}', ["body", "shoe_id"]),
    ('{"datetime_utc": "2025-05-06T13:00:00"}', ["body", "datetime_utc"]),
    ('{"datetime_utc": "2025-05-06"}', ["body", "datetime_utc"]),
    ('{"datetime_utc": 1746536400}', ["body", "datetime_utc"]),
    ('{"datetime_utc": "1746536400"}', ["body", "datetime_utc"]),
    ('{"datetime_utc": null}', ["body", "datetime_utc"]),
    ('{"datetime_utc": "0001-01-01T00:00:00+14:00"}', ["body", "datetime_utc"]),
    ('{"datetime_utc": "9999-12-31T23:59:59-14:00"}', ["body", "datetime_utc"]),
    ('{"datetime_utc": "1899-12-31T23:59:59Z"}', ["body", "datetime_utc"]),
    ('{"distance": 4, "id": "mmf_2"}', ["body", "id"]),
    ('{"distance": 4, "source": "Strava"}', ["body", "source"]),
    ('{"distance": 4, "version": 7}', ["body", "version"]),
    ('{"distance": 4, "deleted_at": null}', ["body", "deleted_at"]),
    ('{"distance": 4, "colour": "red"}', ["body", "colour"]),
    ('{"distance": 4, "": 1}', ["body", ""]),
    ('{"distance": 4, "\\ud800": 1}', ["body"]),
    ('{"distance": 4, "changed_by": "strava"}', ["body", "changed_by"]),
    ('{"distance": 4, "changed_by": " System "}', ["body", "changed_by"]),
    ('{"distance": 4, "changed_by": "  "}', ["body", "changed_by"]),
    ('{"distance": 4, "changed_by": "a\\u0000"}', ["body", "changed_by"]),
    ('{"distance": 4, "change_reason": "a\\u0000"}', ["body", "change_reason"]),
    ('{"distance": 4, "change_reason": "\\udfff"}', ["body", "change_reason"]),
    ("[]", ["body"]),
    ("null", ["body"]),
    ("4", ["body"]),
    ("", ["body"]),
    ("{", ["body", 1]),
)
EDITORS = 8


@pytest.fixture
def a_run(connection: AnyConnection) -> AnyConnection:
    """A run with heart rate and shoe, a second shoe, and one that is deleted."""
    db.shoes.bulk_create_shoes_by_names(["Pegasus 38", "Ghost 15", "Deleted"], conn=connection)
    connection.execute("update shoes set deleted_at = now() where id = 'deleted'")
    create_runs(connection, new_run(avg_heart_rate=140.0, shoe_id="pegasus_38"))
    return connection


def patch(editor: httpx.Client, if_match: str | None = None, **fields: Any) -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return editor.patch("/runs/mmf_1", json=fields, headers=headers)


def test_each_field_can_be_edited_alone(editor: httpx.Client, a_run: AnyConnection) -> None:
    for number, (field, value) in enumerate(ANOTHER_VALUE.items(), start=2):
        before = editor.get("/runs/mmf_1").json()
        answer = patch(editor, **{field: value})
        assert answer.status_code == 200
        assert answer.headers["ETag"] == f'"{number}"'
        told = answer.json()
        assert told["updated_fields"] == [field]
        expected = {**before, field: value, "version": number}
        if field == "shoe_id":
            expected["shoes"] = "Ghost 15"
        assert told["run"] == expected == editor.get("/runs/mmf_1").json()
    assert len(history(a_run)) == 7


def test_an_edit_tells_who_did_what_and_when(editor: httpx.Client, a_run: AnyConnection) -> None:
    answer = patch(editor, **ANOTHER_VALUE, change_reason="measured", changed_by=" Ada ")
    told = answer.json()
    assert set(told) == {"status", "message", "run", "updated_fields", "updated_at", "updated_by"}
    assert (told["status"], told["updated_by"]) == ("success", "Ada")
    assert sorted(told["updated_fields"]) == sorted(ANOTHER_VALUE)
    (_, newest) = history(a_run)
    assert (newest.changed_by, newest.change_reason) == ("Ada", "measured")
    assert told["updated_at"] == newest.changed_at.isoformat().replace("+00:00", "Z")


def test_the_label_and_the_token_are_both_kept(editor: httpx.Client, a_run: AnyConnection) -> None:
    patch(editor, distance=4, changed_by="Ada")
    patch(editor, distance=5)
    patch(editor, distance=6, changed_by=None)
    assert get_api_edits("mmf_1", conn=a_run) == [
        ApiEdit(run_id="mmf_1", version_number=number, changed_by=label, token_name="the editor")  # noqa: S106
        for number, label in ((4, "the editor"), (3, "the editor"), (2, "Ada"))
    ]
    assert the_run(a_run).last_edited_by == "the editor"


def test_null_clears_heart_rate_and_shoe_and_what_is_absent_stays(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    before = values_of(the_run(a_run))
    assert patch(editor, avg_heart_rate=None).json()["updated_fields"] == ["avg_heart_rate"]
    told = patch(editor, shoe_id=None).json()
    assert told["updated_fields"] == ["shoe_id"]
    assert (told["run"]["avg_heart_rate"], told["run"]["shoe_id"], told["run"]["shoes"]) == (None, None, None)
    assert values_of(the_run(a_run)) == {**before, "avg_heart_rate": None, "shoe_id": None}


def test_only_what_is_different_counts_as_updated(editor: httpx.Client, a_run: AnyConnection) -> None:
    assert patch(editor, distance=3, duration=1801).json()["updated_fields"] == ["duration"]
    before = row_versions(a_run, "normalized.api_tokens")
    answer = patch(editor, distance=3.0, duration=1801, datetime_utc="2025-05-06T14:30:00+02:00")
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.json()["updated_fields"] == []
    assert row_versions(a_run, "normalized.api_tokens") == before


@pytest.mark.parametrize("beats", [20, 250])
def test_the_bounds_of_a_heart_rate_are_within(
    editor: httpx.Client, a_run: AnyConnection, beats: int
) -> None:
    assert patch(editor, avg_heart_rate=beats).json()["run"]["avg_heart_rate"] == beats


def test_what_no_run_can_be_is_refused_by_name_and_writes_nothing(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    editor.get("/runs")
    before = row_versions(a_run)
    for body, where in REFUSED:
        answer = editor.patch("/runs/mmf_1", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, body
        details = answer.json()["detail"]
        assert where in [detail["loc"] for detail in details], (body, details)
        assert all({"type", "loc", "msg", "input"} <= detail.keys() for detail in details)
    assert row_versions(a_run) == before


def test_what_is_no_json_is_refused(editor: httpx.Client, a_run: AnyConnection) -> None:
    deep = b'{"distance": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for body, kind, status in (
        (b'{"distance": 4}', "text/plain", 422),
        (b"\xff\xfe", "application/octet-stream", 422),
        (b'"\xff"', "application/json", 400),
        (deep, "application/json", 400),
        (b'{"distance": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"distance": ' + b"[" * 400 + b"]" * 400 + b"}", "application/json", 422),
    ):
        answer = editor.patch("/runs/mmf_1", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, (body[:20], kind)
        assert answer.json()["detail"]


def test_an_edit_without_a_field_is_refused(editor: httpx.Client, a_run: AnyConnection) -> None:
    assert patch(editor).status_code == 400
    assert patch(editor, change_reason="why not", changed_by="Ada").status_code == 400


def test_an_unknown_or_deleted_run_cannot_be_edited(editor: httpx.Client, a_run: AnyConnection) -> None:
    assert editor.patch("/runs/mmf_9", json={"distance": 4}).status_code == 404
    editor.delete("/runs/mmf_1")
    assert patch(editor, distance=4).status_code == 404


def test_only_the_version_that_is_expected_is_changed(editor: httpx.Client, a_run: AnyConnection) -> None:
    read = editor.get("/runs/mmf_1").headers["ETag"]
    edited = patch(editor, read, distance=4).headers["ETag"]
    changes: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("PATCH", "/runs/mmf_1", {"json": {"duration": 9}}),
        ("POST", "/runs/mmf_1/restore/1", {}),
        ("DELETE", "/runs/mmf_1", {}),
        ("POST", "/runs/mmf_1/undelete", {}),
    )
    for method, path, sent in changes:
        for stale in (read, '"3"', '"999999999999999999"'):
            answer = editor.request(method, path, **sent, headers={"If-Match": stale})
            assert answer.status_code == 412
            assert "version 2 by now" in answer.json()["detail"]
    assert the_run(a_run).version == 2
    for number, (method, path, sent) in enumerate(changes, start=3):
        answer = editor.request(method, path, **sent, headers={"If-Match": edited})
        assert answer.status_code == 200
        edited = answer.headers["ETag"]
        assert edited == f'"{number}"'
    assert patch(editor, "*", distance=7).status_code == 200
    assert patch(editor, f'W/"{the_run(a_run).version}"', distance=8).status_code == 200


def test_an_if_match_that_is_no_etag_is_refused(editor: httpx.Client, a_run: AnyConnection) -> None:
    for malformed in ("1", '"one"', '"1', '"1", "2"', "", '"-1"', '"' + "1" * 5000 + '"'):
        answer = patch(editor, malformed, distance=4)
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["header", "If-Match"]
    assert the_run(a_run).version == 1


def test_a_deletion_and_its_undoing_are_versions(editor: httpx.Client, a_run: AnyConnection) -> None:
    deleted = editor.delete("/runs/mmf_1", params={"change_reason": "not mine"})
    assert deleted.status_code == 200
    assert deleted.json()["updated_fields"] == ["deleted_at"]
    assert deleted.json()["run"]["deleted_at"] is not None
    assert deleted.headers["ETag"] == '"2"'
    back = editor.post("/runs/mmf_1/undelete", json={"change_reason": "mine", "changed_by": "Ada"})
    assert back.status_code == 200
    assert (back.json()["run"]["deleted_at"], back.json()["updated_by"]) == (None, "Ada")
    assert [
        (version.change_type, version.changed_by, version.change_reason) for version in history(a_run)
    ] == [
        ("original", "system", "Initial import"),
        ("deletion", "the editor", "not mine"),
        ("edit", "Ada", "mine"),
    ]
    assert editor.get("/runs/mmf_1").json() == back.json()["run"]


def test_deleting_and_undeleting_twice_is_doing_it_once(editor: httpx.Client, a_run: AnyConnection) -> None:
    for number, (method, path) in enumerate(
        (("DELETE", "/runs/mmf_1"), ("POST", "/runs/mmf_1/undelete")), start=2
    ):
        assert editor.request(method, path).json()["updated_fields"] == ["deleted_at"]
        again = editor.request(method, path)
        assert (again.status_code, again.json()["updated_fields"]) == (200, [])
        assert again.headers["ETag"] == f'"{number}"'


def test_an_unknown_run_is_neither_deleted_nor_brought_back(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    assert editor.delete("/runs/mmf_9").status_code == 404
    assert editor.post("/runs/mmf_9/undelete").status_code == 404


def test_no_change_is_signed_as_a_provider(editor: httpx.Client, a_run: AnyConnection) -> None:
    for label in ("mmf", "Strava", " hevy ", "SYSTEM", "", "a\0"):
        for method, path, parameter in (
            ("DELETE", "/runs/mmf_1", "changed_by"),
            ("POST", "/runs/mmf_1/undelete", "changed_by"),
            ("POST", "/runs/mmf_1/restore/1", "restored_by"),
        ):
            answer = editor.request(method, path, params={parameter: label})
            assert answer.status_code == 422
            assert answer.json()["detail"][0]["loc"] == ["query", parameter]
    assert the_run(a_run).version == 1


def test_who_may_only_read_changes_nothing(viewer: httpx.Client, a_run: AnyConnection) -> None:
    before = row_versions(a_run, "normalized.api_tokens")
    assert patch(viewer, distance=4).status_code == 403
    assert viewer.delete("/runs/mmf_1").status_code == 403
    assert viewer.post("/runs/mmf_1/undelete").status_code == 403
    assert viewer.post("/runs/mmf_1/restore/1").status_code == 403
    assert row_versions(a_run, "normalized.api_tokens") == before


def test_editors_at_once_leave_contiguous_versions_and_no_lost_field(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    fields = ("distance", "duration", "avg_heart_rate")
    updates: dict[str, dict[str, Any]] = {
        f"editor {number} edit {turn}": {fields[number % 3]: 100.0 + 5 * number + turn}
        for number in range(EDITORS)
        for turn in range(5)
    }

    def edit(label: str) -> httpx.Response:
        return patch(editor, **updates[label], changed_by=label)

    with ThreadPoolExecutor(EDITORS) as pool:
        answers = list(pool.map(edit, updates))
    assert {answer.status_code for answer in answers} == {200}
    etags = {answer.headers["ETag"] for answer in answers}
    assert etags == {f'"{number}"' for number in range(2, 2 + len(updates))}
    versions = history(a_run)
    for before, after in pairwise(versions):
        assert values_of(after) == {**values_of(before), **updates[str(after.changed_by)]}


def test_of_editors_who_read_the_same_version_only_one_changes_it(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    with ThreadPoolExecutor(EDITORS) as pool:
        answers = list(pool.map(lambda number: patch(editor, '"1"', distance=5 + number), range(EDITORS)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * (EDITORS - 1)
    assert len(history(a_run)) == 2


def test_a_refused_edit_leaves_the_connection_fit_for_the_next(
    editor: httpx.Client, a_run: AnyConnection
) -> None:
    for _ in range(30):
        assert patch(editor, distance=4, shoe_id="cloud_5").status_code == 422
    assert patch(editor, distance=4).status_code == 200
    unfinished = """
        select count(*) from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%%'
    """
    assert fetch_value(a_run, unfinished) == 0
