"""`/runs`: lists in pages, and one run in detail."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import httpx
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.run_lists import SortBy
from fitness_pipeline_tests.builders import MORNING, create_runs, new_run

RUN = {
    "id": "mmf_1",
    "datetime_utc": "2025-05-06T12:30:00Z",
    "type": "Outdoor Run",
    "distance": 3.0,
    "duration": 1800.0,
    "source": "MapMyFitness",
    "avg_heart_rate": 140.5,
    "shoe_id": "ghost_15",
    "deleted_at": None,
}
DETAIL = {
    **RUN,
    "shoes": "Ghost 15",
    "shoe_retirement_notes": "Squeaks",
    "version": 1,
    "is_synced": True,
    "sync_status": "synced",
    "synced_at": "2025-05-06T14:00:00Z",
    "google_event_id": "abc",
    "synced_version": 1,
    "error_message": None,
}
NOT_SYNCED = {
    **DETAIL,
    "id": "mmf_2",
    "avg_heart_rate": None,
    "shoe_id": None,
    "shoes": None,
    "shoe_retirement_notes": None,
    "is_synced": False,
    "sync_status": None,
    "synced_at": None,
    "google_event_id": None,
    "synced_version": None,
}

REFUSED = (
    ("sort_by", "colour"),
    ("sort_by", "date\0"),
    ("sort_order", "up"),
    ("start", "yesterday"),
    ("start", "2026-02-30"),
    ("start", "1700000000"),
    ("start", "2026-03-01T00:00:00"),
    ("start", ""),
    ("end", "10000-01-01"),
    ("end", "٢٠٢٦-٠٣-٠١"),  # noqa: RUF001 - digits, but not those of ISO 8601
    ("user_timezone", "Mars/Olympus"),
    ("user_timezone", "../../etc/passwd"),
    ("user_timezone", "UTC\0"),
    ("user_timezone", "x" * 3000),
    ("user_timezone", ""),
    ("limit", "0"),
    ("limit", "10001"),
    ("limit", "1e3"),
    ("cursor", "what?"),
    ("cursor", "💥"),
    ("cursor", "W" * 9000),
    ("synced", "perhaps"),
)


@pytest.fixture
def two_runs(connection: AnyConnection) -> AnyConnection:
    """A run with all that there can be, which is on the calendar, and one with nothing."""
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=connection)
    db.shoes.edit_shoe("ghost_15", {"retirement_notes": "Squeaks"}, conn=connection)
    create_runs(connection, new_run(avg_heart_rate=140.5, shoe_id="ghost_15"), new_run("mmf_2"))
    connection.execute(
        """
        insert into synced_runs (run_id, run_version, google_event_id, synced_at, sync_status)
        values ('mmf_1', 1, 'abc', '2025-05-06 14:00+00', 'synced')
        """
    )
    return connection


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [run["id"] for run in answer.json()]


def pages(viewer: httpx.Client, path: str, **asked: Any) -> Iterator[list[str]]:
    """The ids of each page, found as a client finds them: by the `Link` header."""
    answer = viewer.get(path, params=asked)
    yield ids(answer)
    while "next" in answer.links:
        answer = viewer.get(answer.links["next"]["url"])
        yield ids(answer)


def test_runs_have_the_fields_that_clients_know(viewer: httpx.Client, two_runs: AnyConnection) -> None:
    answer = viewer.get("/runs")
    assert answer.json()[1] == RUN
    assert "link" not in answer.headers


def test_details_have_the_fields_that_clients_know(viewer: httpx.Client, two_runs: AnyConnection) -> None:
    assert viewer.get("/runs/details").json() == [NOT_SYNCED, DETAIL]
    assert viewer.get("/runs-details").json() == [NOT_SYNCED, DETAIL]


def test_details_are_told_apart_by_whether_they_are_synced(
    viewer: httpx.Client, two_runs: AnyConnection
) -> None:
    assert ids(viewer.get("/runs/details", params={"synced": "true"})) == ["mmf_1"]
    assert ids(viewer.get("/runs/details", params={"synced": "false"})) == ["mmf_2"]


def test_a_run_has_its_details_and_its_version_as_etag(viewer: httpx.Client, two_runs: AnyConnection) -> None:
    answer = viewer.get("/runs/mmf_1")
    assert answer.json() == DETAIL
    assert answer.headers["ETag"] == '"1"'


def test_an_unknown_run_is_not_found(viewer: httpx.Client) -> None:
    for id in ("mmf_9", "Ünder%3F", "%F0%9F%91%9F", "x" * 500):
        assert viewer.get(f"/runs/{id}").status_code == 404


def test_an_id_that_no_run_can_have_is_refused(viewer: httpx.Client) -> None:
    for id in ("mmf_1%00", "x" * 501):
        answer = viewer.get(f"/runs/{id}")
        assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["path", "id"])


def test_a_deleted_run_is_neither_listed_nor_found(viewer: httpx.Client, two_runs: AnyConnection) -> None:
    db.runs_history.soft_delete_run("mmf_1", "Ada", conn=two_runs)
    assert ids(viewer.get("/runs")) == ids(viewer.get("/runs/details")) == ["mmf_2"]
    assert viewer.get("/runs/mmf_1").status_code == 404


@pytest.mark.parametrize("sort_order", ["asc", "desc"])
@pytest.mark.parametrize("path", ["/runs", "/runs/details"])
def test_pages_lose_and_repeat_no_run_in_any_order(
    viewer: httpx.Client, connection: AnyConnection, path: str, sort_order: str
) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15", "亚瑟士"], conn=connection)
    runs = [
        new_run(
            f"mmf_{number}",
            distance=number % 3 / 3,
            duration=600.0 * (number % 2),
            avg_heart_rate=[None, 140.5][number % 2],
            shoe_id=[None, "ghost_15", "亚瑟士"][number % 3],
            datetime_utc=MORNING + timedelta(microseconds=number % 4),
        )
        for number in range(7)
    ]
    create_runs(connection, *runs)
    for sort_by in get_args(SortBy):
        asked = {"sort_by": sort_by, "sort_order": sort_order}
        found = list(pages(viewer, path, **asked, limit=2))
        assert [len(page) for page in found] == [2, 2, 2, 1]
        assert sum(map(len, found)) == len({id for page in found for id in page})
        assert [id for page in found for id in page] == ids(viewer.get(path, params=asked))


def test_a_page_keeps_to_what_was_asked_for(viewer: httpx.Client, connection: AnyConnection) -> None:
    starts = [MORNING + timedelta(days=days) for days in range(5)]
    create_runs(connection, *(new_run(f"mmf_{day}", datetime_utc=start) for day, start in enumerate(starts)))
    asked = {"start": "2025-05-07", "end": "2025-05-09", "user_timezone": "Asia/Tokyo", "limit": 2}
    assert list(pages(viewer, "/runs/details", **asked, synced="false")) == [["mmf_3", "mmf_2"], ["mmf_1"]]


def test_runs_come_newest_first_unless_it_is_asked_for_otherwise(
    viewer: httpx.Client, connection: AnyConnection
) -> None:
    later = MORNING + timedelta(hours=1)
    create_runs(connection, new_run("mmf_1"), new_run("mmf_2", datetime_utc=later, distance=1.0))
    assert ids(viewer.get("/runs")) == ["mmf_2", "mmf_1"]
    assert ids(viewer.get("/runs", params={"sort_order": "asc"})) == ["mmf_1", "mmf_2"]
    assert ids(viewer.get("/runs", params={"sort_by": "distance"})) == ["mmf_1", "mmf_2"]


def test_days_are_those_of_the_time_zone(viewer: httpx.Client, connection: AnyConnection) -> None:
    create_runs(connection, new_run(datetime_utc=datetime(2026, 1, 1, 2, tzinfo=UTC)))
    last_year = {"start": "2025-12-31", "end": "2025-12-31"}
    assert ids(viewer.get("/runs", params=last_year)) == []
    assert ids(viewer.get("/runs", params={**last_year, "user_timezone": "America/Chicago"})) == ["mmf_1"]


def test_days_may_be_the_first_and_the_last_of_the_calendar(
    viewer: httpx.Client, connection: AnyConnection
) -> None:
    create_runs(connection, new_run())
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kathmandu"):
        asked = {"start": "0001-01-01", "end": "9999-12-31", "user_timezone": zone}
        assert ids(viewer.get("/runs", params=asked)) == ["mmf_1"]
        assert ids(viewer.get("/runs", params={**asked, "start": "9999-12-31"})) == []
        assert ids(viewer.get("/runs", params={**asked, "end": "0001-01-01"})) == []


def test_what_cannot_be_asked_for_is_named(viewer: httpx.Client) -> None:
    for parameter, value in REFUSED:
        answer = viewer.get("/runs/details", params={parameter: value})
        assert answer.status_code == 422, (parameter, value)
        (detail,) = answer.json()["detail"]
        assert detail["loc"] == ["query", parameter]
        assert {"type", "loc", "msg", "input"} <= detail.keys()


def test_a_cursor_of_another_list_is_refused(viewer: httpx.Client, connection: AnyConnection) -> None:
    create_runs(connection, new_run("mmf_1"), new_run("mmf_2"))
    asked: dict[str, str | int] = {"sort_by": "distance", "limit": 1}
    url = httpx.URL(viewer.get("/runs", params=asked).links["next"]["url"])
    cursor = url.params["cursor"]
    assert ids(viewer.get("/runs", params={**asked, "cursor": cursor})) == ["mmf_1"]
    for other in ({"sort_by": "duration"}, {"sort_order": "asc"}, {"sort_by": "date"}):
        answer = viewer.get("/runs", params={**asked, **other, "cursor": cursor})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["query", "cursor"]


def test_nobody_reads_runs_without_a_token(stranger: httpx.Client) -> None:
    for path in ("/runs", "/runs/details", "/runs-details", "/runs/mmf_1", "/runs/mmf_1/history"):
        assert stranger.get(path).status_code == 401
