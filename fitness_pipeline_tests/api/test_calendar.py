"""`/sync/runs`, over a stand-in of Google Calendar."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.db.calendars import pause
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import record_needs_reauthorization, remove_connection
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import about
from fitness_pipeline.sandbox.serving.clock import utc_now
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.api.conftest import serving
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import (
    BATCH,
    CalendarSyncer,
    add_runs,
    connected,
    event_id,
    run,
)

PUT = "/sync/runs/strava_1"


@pytest.fixture
def sync(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[CalendarSyncer]:
    """Syncs to a calendar that was just connected, and is empty."""
    with connected(environment) as syncer:
        yield syncer


@pytest.fixture
def api_url(sync: CalendarSyncer) -> Iterator[str]:
    """An API that knows it."""
    with serving() as url:
        yield url


def batches(sync: CalendarSyncer) -> int:
    """How many requests for events there were."""
    return sum(request.path == BATCH for request in sync.sandbox.log.requests)


def test_a_run_comes_onto_the_calendar_at_once_and_the_others_with_the_next_sync(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 3)
    answer = editor.post(PUT)
    assert answer.status_code == 200
    put = answer.json()
    assert (put["success"], put["sync_status"]) == (True, "synced")
    assert put["google_event_id"] == sync.event("strava_1")["id"]
    assert put["synced_at"] is not None
    assert sync.shown() == {("strava_1", "1")}
    sync()
    assert len(sync.shown()) == 3


def test_what_is_current_is_a_success_without_a_call(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    first = editor.post(PUT).json()
    before = len(sync.sandbox.log.requests)
    again = editor.post(PUT).json()
    assert again == {**first, "message": "It is on the calendar already, as it should be."}
    assert len(sync.sandbox.log.requests) == before
    update_run_with_history("strava_1", {"distance": 7.5}, "Ada", conn=connection)
    assert editor.post(PUT).json()["message"] == "It is on the calendar."
    assert sync.shown() == {("strava_1", "2")}


def test_a_run_that_is_older_than_what_is_shown_comes_when_it_is_asked_for(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    create_runs(connection, run(1000))
    sync()
    assert sync.shown() == set()
    assert editor.post("/sync/runs/strava_1000").status_code == 200
    assert sync.shown() == {("strava_1000", "1")}


def test_what_was_deleted_in_google_comes_back_when_it_is_asked_for(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync.calendar.delete(editor.post(PUT).json()["google_event_id"])
    update_run_with_history("strava_1", {"distance": 7.5}, "Ada", conn=connection)
    assert editor.post(PUT).json()["sync_status"] == "synced"
    assert sync.shown() == {("strava_1", "2")}


def test_a_run_is_taken_off_the_calendar_and_stays_off_until_it_is_put_there(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    sync()
    taken = editor.delete(PUT)
    assert (taken.status_code, taken.json()["success"], taken.json()["sync_status"]) == (200, True, None)
    sync()
    assert sync.shown() == {("strava_2", "1")}
    again = editor.delete(PUT)
    assert (again.status_code, again.json()) == (200, taken.json())
    assert editor.post(PUT).json()["sync_status"] == "synced"
    assert sync.shown() == {("strava_1", "1"), ("strava_2", "1")}


def test_an_event_that_is_gone_already_counts_as_removed(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync.calendar.delete(editor.post(PUT).json()["google_event_id"])
    assert editor.delete(PUT).json()["success"] is True
    assert sync() is not None
    assert sync.shown() == set()


def test_the_event_of_a_deleted_run_can_be_removed_at_once_and_stays_off(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    sync()
    editor.delete("/runs/strava_1").raise_for_status()
    taken = editor.delete(PUT)
    assert (taken.status_code, taken.json()["success"]) == (200, True)
    assert sync.shown() == {("strava_2", "1")}
    editor.post("/runs/strava_1/undelete").raise_for_status()
    sync()
    assert sync.shown() == {("strava_2", "1")}


def test_what_is_not_there_is_not_found(
    sync: CalendarSyncer, editor: httpx.Client, viewer: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    assert editor.delete(PUT).status_code == 404
    assert editor.delete("/sync/runs/nobodys").status_code == 404
    assert editor.post("/sync/runs/nobodys").status_code == 404
    assert viewer.get("/sync/runs/nobodys/status").status_code == 404
    assert batches(sync) == 0


def test_the_status_of_a_run_is_told(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    nothing = dict.fromkeys(("sync_status", "synced_at", "google_event_id", "run_version", "error_message"))
    before = editor.get(f"{PUT}/status").json()
    assert before == {"run_id": "strava_1", "is_synced": False, **nothing}
    put = editor.post(PUT).json()
    assert editor.get(f"{PUT}/status").json() == {
        **before,
        "is_synced": True,
        "sync_status": "synced",
        "synced_at": put["synced_at"],
        "google_event_id": put["google_event_id"],
        "run_version": 1,
    }


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (errors.quota_exceeded(), "its quota is used up"),
        (errors.required_access_level(), "does not let you write"),
    ],
    ids=["quota", "permission"],
)
def test_a_google_that_refuses_is_told_of(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection, fault: object, sentence: str
) -> None:
    add_runs(connection, 1)
    sync.sandbox.faults.order(Answer(fault), path=BATCH, times=None)  # type: ignore[arg-type]
    answer = editor.post(PUT)
    assert answer.status_code == 502
    assert sentence in answer.json()["detail"]


def test_an_event_that_google_does_not_take_is_told_of_and_listed(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    refusal = Answer(errors.invalid("Invalid start time."))
    its_event = about(event_id(connection, "strava_1"))
    sync.sandbox.faults.order(refusal, when=its_event, inner=True, times=None)
    editor.post("/sync/runs/strava_2")
    answer = editor.post(PUT)
    assert answer.status_code == 502
    (failed,) = editor.get("/sync/runs/failed").json()
    assert (failed["run_id"], failed["sync_status"]) == ("strava_1", "failed")
    assert "Invalid start time." in failed["error_message"]
    assert failed["error_message"] == answer.json()["detail"]
    assert [row["run_id"] for row in editor.get("/sync/runs").json()] == ["strava_2", "strava_1"]


def test_while_google_is_to_be_left_alone_nothing_is_asked(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    editor.post(PUT)
    before = batches(sync)
    pause(utc_now() + timedelta(hours=1), conn=connection)
    refused = editor.post("/sync/runs/strava_2")
    assert refused.status_code == 502
    assert "until" in refused.json()["detail"]
    assert editor.post(PUT).status_code == 200
    assert batches(sync) == before


def test_without_a_connection_it_says_how_to_connect(
    sync: CalendarSyncer, editor: httpx.Client, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    record_needs_reauthorization("google", "Connect Google again.", conn=connection)
    assert editor.post(PUT).status_code == 502
    remove_connection("google", conn=connection)
    answer = editor.post(PUT)
    assert answer.status_code == 503
    assert "`fitness-pipeline --env test auth google`" in answer.json()["detail"]


def test_lists_come_in_pages(sync: CalendarSyncer, viewer: httpx.Client, connection: AnyConnection) -> None:
    ids = add_runs(connection, 5)
    sync()
    seen: list[str] = []
    url: str | None = "/sync/runs?limit=2"
    while url is not None:
        page = viewer.get(url)
        seen += [row["run_id"] for row in page.json()]
        url = page.links["next"]["url"] if page.links else None
    assert sorted(seen) == sorted(ids)
    assert viewer.get("/sync/runs/failed").json() == []
    first = viewer.get("/sync/runs", params={"limit": 1}).json()[0]
    assert first["created_at"].startswith(f"{utc_now():%Y}")
    assert first["run_version"] == 1
    assert viewer.get("/sync/runs", params={"cursor": "WyJhIl0"}).status_code == 422


def test_only_an_editor_may_change_the_calendar(
    sync: CalendarSyncer, viewer: httpx.Client, stranger: httpx.Client
) -> None:
    for asking, status in ((viewer, 403), (stranger, 401)):
        assert asking.post(PUT).status_code == status
        assert asking.delete(PUT).status_code == status
