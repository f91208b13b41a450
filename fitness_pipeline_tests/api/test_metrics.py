"""`/metrics`."""

import gc
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from fitness_pipeline import db
from fitness_pipeline.api.schemas.metrics import DayTrainingLoadOut
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import create_runs, new_run

LISTS = (
    "/metrics/mileage/by-day",
    "/metrics/mileage/by-week",
    "/metrics/mileage/rolling-by-day",
    "/metrics/trimp/by-day",
)
SUMS = ("/metrics/mileage/total", "/metrics/seconds/total", "/metrics/mileage/by-shoe")
HEART = {"max_hr": 192, "resting_hr": 42, "sex": "M"}
LOAD = "/metrics/training-load/by-day"
MARCH = {"start": "2026-03-01", "end": "2026-03-03"}


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(client: httpx.Client, path: str, **parameters: Any) -> list[Any]:
    """What is wrong with a question, by its place."""
    answer = client.get(path, params=parameters)
    assert answer.status_code == 422, answer.text
    for detail in answer.json()["detail"]:
        assert set(detail) >= {"type", "loc", "msg", "input"}
    return [detail["loc"] for detail in answer.json()["detail"]]


@pytest.fixture
def three_runs(connection: AnyConnection) -> AnyConnection:
    """Two on 2 March 2026 in Berlin, the second one on the evening before in UTC; and one a day later."""
    db.shoes.bulk_create_shoes_by_names(["Ghost", "Ride"], conn=connection)
    starts = {"mmf_1": datetime(2026, 3, 2, 6, tzinfo=UTC), "mmf_2": datetime(2026, 3, 1, 23, 30, tzinfo=UTC)}
    create_runs(
        connection,
        new_run("mmf_1", datetime_utc=starts["mmf_1"], distance=3.1, shoe_id="ghost", avg_heart_rate=117),
        new_run("mmf_2", datetime_utc=starts["mmf_2"], distance=6.2, shoe_id="ride"),
        new_run("mmf_3", datetime_utc=datetime(2026, 3, 3, 6, tzinfo=UTC), distance=5.0),
    )
    return connection


def test_metrics_are_those_of_the_callers_days(viewer: httpx.Client, three_runs: AnyConnection) -> None:
    berlin = {**MARCH, "user_timezone": "Europe/Berlin"}
    assert get(viewer, "/metrics/mileage/total", **berlin) == 14.3
    assert get(viewer, "/metrics/seconds/total", **berlin) == 5400.0
    assert get(viewer, "/metrics/mileage/total", start="2026-03-01", end="2026-03-01") == 6.2
    assert get(viewer, "/metrics/mileage/by-day", **berlin) == [
        {"date": "2026-03-01", "mileage": 0.0},
        {"date": "2026-03-02", "mileage": 9.3},
        {"date": "2026-03-03", "mileage": 5.0},
    ]
    assert get(viewer, "/metrics/mileage/by-day", **MARCH)[0] == {"date": "2026-03-01", "mileage": 6.2}
    assert get(viewer, "/metrics/mileage/rolling-by-day", window=2, **berlin)[1:] == [
        {"date": "2026-03-02", "mileage": 9.3},
        {"date": "2026-03-03", "mileage": 14.3},
    ]
    assert get(viewer, "/metrics/mileage/rolling-by-day", **berlin) == get(
        viewer, "/metrics/mileage/by-day", **berlin
    )


def test_weeks_begin_on_the_day_that_is_asked_for(viewer: httpx.Client, three_runs: AnyConnection) -> None:
    assert get(viewer, "/metrics/mileage/by-week", **MARCH) == [
        {"week_start": "2026-02-23", "mileage": 6.2},
        {"week_start": "2026-03-02", "mileage": 8.1},
    ]
    assert get(viewer, "/metrics/mileage/by-week", week_start="sunday", **MARCH) == [
        {"week_start": "2026-03-01", "mileage": 14.3}
    ]


def test_shoes_are_those_of_the_list_of_shoes(viewer: httpx.Client, three_runs: AnyConnection) -> None:
    db.shoes.retire_shoe_by_id("ride", date(2026, 3, 2), "worn down", conn=three_runs)
    ghost, ride = get(viewer, "/shoes")
    assert get(viewer, "/metrics/mileage/by-shoe", **MARCH) == [{"shoe": ghost, "mileage": 3.1}]
    assert get(viewer, "/metrics/mileage/by-shoe", include_retired=True, **MARCH) == [
        {"shoe": ride, "mileage": 6.2},
        {"shoe": ghost, "mileage": 3.1},
    ]


def test_trimp_and_load_go_by_the_heart_that_is_given(
    viewer: httpx.Client, three_runs: AnyConnection
) -> None:
    # Half an hour at half of the reserve: 30 * 0.5 * 0.64 * e^0.96, and 30 * 0.5 * 0.86 * e^0.835.
    of_a_man, of_a_woman = 25.07228614486193, 29.73210122290246
    usual = get(viewer, "/metrics/trimp/by-day", **MARCH)
    assert usual == get(viewer, "/metrics/trimp/by-day", **MARCH, **HEART)
    assert [day["trimp"] for day in usual] == pytest.approx([0, of_a_man, 0])
    (woman,) = get(viewer, "/metrics/trimp/by-day", start="2026-03-02", end="2026-03-02", sex="F")
    assert woman["trimp"] == pytest.approx(of_a_woman)
    loads = get(viewer, LOAD, **MARCH, **HEART)
    assert loads[0] == {"date": "2026-03-01", "training_load": {"atl": 0, "ctl": 0, "tsb": 0, "trimp": 0}}
    second = loads[1]["training_load"]
    assert second["trimp"] == pytest.approx(of_a_man)
    assert second["atl"] == pytest.approx(of_a_man * 0.1331221002498184)  # 1 - e^(-1/7)
    assert second["ctl"] == pytest.approx(of_a_man * 0.023528313347756735)  # 1 - e^(-1/42)
    assert second["tsb"] == second["ctl"] - second["atl"]


@pytest.mark.parametrize("path", [*LISTS, LOAD, "/metrics/mileage/by-shoe"])
def test_a_list_is_whole_unless_a_part_is_asked_for(
    viewer: httpx.Client, three_runs: AnyConnection, path: str
) -> None:
    asked: dict[str, Any] = {**MARCH, **(HEART if path == LOAD else {})}
    whole = viewer.get(path, params=asked)
    assert "Link" not in whole.headers
    page = viewer.get(path, params={**asked, "limit": 1})
    parts: list[Any] = []
    while "Link" in page.headers:
        parts.append(page.json())
        page = viewer.get(page.links["next"]["url"])
    parts.append(page.json())
    assert [len(part) for part in parts] == [1] * len(whole.json())
    assert [row for part in parts for row in part] == whole.json()
    assert problem(viewer, path, **asked, limit=0) == [["query", "limit"]]
    assert problem(viewer, path, **asked, limit=10_001) == [["query", "limit"]]
    assert problem(viewer, path, **asked, cursor="WzJd") == [["query", "cursor"]]


def test_ten_years_by_day_are_never_held_as_a_whole(viewer: httpx.Client, connection: AnyConnection) -> None:
    held = [0]

    def count(phase: str, told: Mapping[str, int]) -> None:
        if phase == "start" and told["generation"]:
            held.append(sum(type(one) is DayTrainingLoadOut for one in gc.get_objects()))

    gc.callbacks.append(count)
    try:
        days = get(viewer, LOAD, start="2016-01-01", end="2025-12-31", **HEART)
    finally:
        gc.callbacks.remove(count)
    assert [day["date"] for day in days[::3652]] == ["2016-01-01", "2025-12-31"]
    assert max(held) < 1000


def test_without_bounds_it_is_from_the_first_run_to_today(
    viewer: httpx.Client, connection: AnyConnection
) -> None:
    for path in LISTS:
        assert get(viewer, path) == []
    assert [get(viewer, path) for path in SUMS] == [0.0, 0.0, []]
    noon = datetime.now(UTC).replace(hour=12)
    create_runs(connection, new_run(datetime_utc=noon - timedelta(days=2), shoe_id=None))
    early = datetime.now(UTC).date()
    days = [day["date"] for day in get(viewer, "/metrics/mileage/by-day", end="9999-12-31")]
    assert days == [day["date"] for day in get(viewer, "/metrics/mileage/by-day")][: len(days)]
    assert days[0] == str(noon.date() - timedelta(days=2))
    assert days[-1] in (str(early), str(datetime.now(UTC).date()))  # it may have become midnight


def test_what_cannot_be_asked_is_told_by_its_name(viewer: httpx.Client, connection: AnyConnection) -> None:
    create_runs(connection, new_run())
    for path in (*LISTS, *SUMS, LOAD):
        heart = HEART if path == LOAD else {}
        assert problem(viewer, path, start="2026-03-02", end="2026-03-01", **heart) == [["query", "start"]]
        assert problem(viewer, path, start="2026-02-30", end="2026-03-01", **heart) == [["query", "start"]]
        for zone in ("Mars/Olympus", "localtime", "\0"):
            assert problem(viewer, path, user_timezone=zone, **MARCH, **heart) == [["query", "user_timezone"]]
    for path in (*LISTS, LOAD):
        heart = HEART if path == LOAD else {}
        assert problem(viewer, path, start="1925-12-31", end="2025-12-31", **heart) == [["query", "start"]]
        assert get(viewer, path, start="1926-01-01", end="2025-12-31", **heart)
    for path in SUMS:
        get(viewer, path, start="0001-01-01", end="9999-12-31", user_timezone="Pacific/Kiritimati")


def test_hearts_that_nobody_has_are_refused(viewer: httpx.Client, connection: AnyConnection) -> None:
    for path in ("/metrics/trimp/by-day", LOAD):
        for max_hr, resting_hr in ((60, 60), (59.9, 60)):
            given = {**HEART, "max_hr": max_hr, "resting_hr": resting_hr}
            assert problem(viewer, path, **MARCH, **given) == [["query", "max_hr"]]
        for number in ("NaN", "Infinity", "-1", "0", "1e308", ""):
            assert problem(viewer, path, **MARCH, **{**HEART, "max_hr": number}) == [["query", "max_hr"]]
        assert problem(viewer, path, **MARCH, **{**HEART, "sex": "X"}) == [["query", "sex"]]
    assert problem(viewer, LOAD) == [
        ["query", name] for name in ("start", "end", "max_hr", "resting_hr", "sex")
    ]


def test_windows_and_weeks_that_are_none_are_refused(viewer: httpx.Client, connection: AnyConnection) -> None:
    for window in (0, -1, 36_526, 10**30, "1.5", ""):
        found = problem(viewer, "/metrics/mileage/rolling-by-day", window=window, **MARCH)
        assert found == [["query", "window"]]
    assert problem(viewer, "/metrics/mileage/by-week", week_start="friday") == [["query", "week_start"]]
    assert problem(viewer, "/metrics/mileage/by-shoe", include_retired="perhaps") == [
        ["query", "include_retired"]
    ]


def test_there_are_no_weeks_before_year_1(viewer: httpx.Client) -> None:
    the_first = {"start": "0001-01-01", "end": "0001-01-06"}  # a Monday, and the Saturday after
    assert get(viewer, "/metrics/mileage/by-week", **the_first) == [
        {"week_start": "0001-01-01", "mileage": 0.0}
    ]
    assert problem(viewer, "/metrics/mileage/by-week", week_start="sunday", **the_first) == [["query"]]


def test_runs_that_add_up_to_no_number_are_told(viewer: httpx.Client, connection: AnyConnection) -> None:
    endless = {"distance": 1.5e308, "duration": 1.5e308}
    db.shoes.bulk_create_shoes_by_names(["Ghost"], conn=connection)
    create_runs(connection, *(new_run(f"mmf_{n}", shoe_id="ghost", **endless) for n in (1, 2)))
    for path in (*LISTS[:3], *SUMS):
        assert problem(viewer, path, start="2025-05-01", end="2025-05-31") == [["query"]]


def test_strangers_see_no_metrics(stranger: httpx.Client) -> None:
    for path in (*LISTS, *SUMS, LOAD):
        assert stranger.get(path, params={"start": "x"}).status_code == 401
