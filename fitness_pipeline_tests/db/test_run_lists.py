"""Runs in pages: no run is lost or repeated, whatever the order, and a month costs what a month has."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, ClassVar, Self, get_args

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.run_lists import RunOrder, RunPage, RunPosition, SortBy, list_runs, position_in
from fitness_pipeline.errors import InvalidValue, UnknownTimeZone
from fitness_pipeline.models import Run, RunDetail
from fitness_pipeline_tests.builders import MORNING, create_runs, new_run

SORTS = get_args(SortBy)
BY_DATE = RunOrder()
# Capital and small letters, more letters than a position holds, and what a plain comparison puts elsewhere.
SHOES = {
    "s1": "Pegasus",
    "s2": "adidas",
    "s3": "Über",
    "s6": "ök",
    "s4": "B" * 120 + "2",
    "s5": "b" * 120 + "1",
}

some_runs: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        datetime_utc=st.sampled_from(
            [MORNING, MORNING + timedelta(microseconds=1), MORNING.replace(year=1987)]
        ),
        distance=st.sampled_from([0.0, 3.0, 0.1 + 0.2, 5e-324, 1e308]),
        duration=st.sampled_from([0.0, 1800.0, 1e-200, 1e308]),
        avg_heart_rate=st.sampled_from([None, 140.0, 151.5]),
        type=st.sampled_from(["Outdoor Run", "Treadmill Run"]),
        source=st.sampled_from(["MapMyFitness", "Strava"]),
        shoe_id=st.sampled_from([None, *SHOES]),
    ),
    max_size=12,
)


def sort_key(sort_by: SortBy, run: RunDetail) -> Any:
    """What a run is sorted by, in words of Python."""
    match sort_by:
        case "date":
            return run.datetime_utc
        case "distance":
            return run.distance
        case "duration":
            return run.duration
        case "pace":
            duration = 0.0 if run.duration < 1e-100 else min(run.duration, 1e100)
            return duration / max(min(run.distance, 1e100), 1e-100) if run.distance else None
        case "heart_rate":
            return run.avg_heart_rate
        case "source":
            return run.source
        case "type":
            return run.type
        case "shoes":
            small = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
            return None if run.shoes is None else run.shoes.translate(small)[:100]


def in_order(runs: Iterable[RunDetail], sort_by: SortBy, *, is_descending: bool) -> list[str]:
    """The ids of runs in an order, as Python sorts."""
    known = [run for run in runs if sort_key(sort_by, run) is not None]
    unknown = [run for run in runs if sort_key(sort_by, run) is None]
    known.sort(key=lambda run: (sort_key(sort_by, run), run.id), reverse=is_descending)
    unknown.sort(key=lambda run: run.id, reverse=is_descending)
    return [run.id for run in (*known, *unknown)]


def pages(connection: AnyConnection, order: RunOrder, limit: int, **asked: Any) -> Iterator[list[str]]:
    """The ids of all runs, page by page; positions go through JSON, as they do in cursors."""
    after = None
    while True:
        page = list_runs(Run, order=order, after=after, limit=limit, conn=connection, **asked)
        yield ids(page)
        if page.last is None:
            return
        key = page.last.key
        sent = json.dumps([key.isoformat() if isinstance(key, datetime) else key, page.last.run_id])
        after = position_in(order, *json.loads(sent))


def ids(page: RunPage[Any]) -> list[str]:
    return [run.id for run in page.runs]


def listed(connection: AnyConnection, **asked: Any) -> list[str]:
    return ids(list_runs(Run, **{"order": BY_DATE, "limit": 100, "conn": connection, **asked}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=some_runs, limit=st.integers(min_value=1, max_value=5), is_descending=st.booleans())
def test_pages_together_are_all_runs_in_the_order_that_python_sorts_them_in(
    scratch: AnyConnection, rows: list[dict[str, Any]], limit: int, is_descending: bool
) -> None:
    with ExitStack() as at_end:
        at_end.enter_context(scratch.transaction(force_rollback=True))
        for id, name in SHOES.items():
            scratch.execute("insert into shoes (id, name) values (%s, %s)", [id, name])
        create_runs(scratch, *(new_run(f"mmf_{number:02}", **row) for number, row in enumerate(rows)))
        runs = db.runs.get_all_run_details(conn=scratch)
        for sort_by in SORTS:
            order = RunOrder(sort_by=sort_by, is_descending=is_descending)
            found = list(pages(scratch, order, limit))
            assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
            assert list(chain.from_iterable(found)) == in_order(runs, sort_by, is_descending=is_descending)


def test_a_page_that_is_just_full_is_the_last_one(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"), new_run("mmf_2"))
    assert list_runs(Run, order=BY_DATE, limit=2, conn=scratch).last is None
    assert list_runs(Run, order=BY_DATE, limit=1, conn=scratch).last == RunPosition(
        key=MORNING, run_id="mmf_2"
    )


def test_a_run_that_goes_away_between_two_pages_takes_no_other_with_it(scratch: AnyConnection) -> None:
    create_runs(scratch, *(new_run(f"mmf_{number}", distance=float(number)) for number in range(1, 5)))
    order = RunOrder(sort_by="distance")
    asked = pages(scratch, order, 2)
    assert next(asked) == ["mmf_4", "mmf_3"]
    db.runs_history.soft_delete_run("mmf_3", "Ada", conn=scratch)
    assert next(asked) == ["mmf_2", "mmf_1"]


def test_deleted_runs_are_not_listed(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"), new_run("mmf_2"))
    db.runs_history.soft_delete_run("mmf_1", "Ada", conn=scratch)
    assert listed(scratch) == ["mmf_2"]


def test_days_are_those_of_the_time_zone_and_the_last_one_is_in_it(scratch: AnyConnection) -> None:
    # Midnight on the day on which summer time begins and on the day after, in Berlin, and just before each.
    instants = [datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)]
    starts = [start - timedelta(microseconds=just) for start in instants for just in (1, 0)]
    create_runs(
        scratch, *(new_run(f"mmf_{number}", datetime_utc=start) for number, start in enumerate(starts))
    )
    sunday = {"first_day": date(2026, 3, 29), "last_day": date(2026, 3, 29)}
    assert listed(scratch, **sunday, time_zone="Europe/Berlin") == ["mmf_2", "mmf_1"]
    assert listed(scratch, **sunday) == ["mmf_3", "mmf_2"]
    assert listed(scratch, first_day=date(2026, 3, 30), time_zone="Europe/Berlin") == ["mmf_3"]
    assert listed(scratch, last_day=date(2026, 3, 28), time_zone="Europe/Berlin") == ["mmf_0"]


@pytest.mark.parametrize("time_zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_a_period_may_reach_from_the_beginning_to_the_end_of_the_calendar(
    scratch: AnyConnection, time_zone: str
) -> None:
    create_runs(scratch, new_run())
    everything = {"first_day": date.min, "last_day": date.max, "time_zone": time_zone}
    assert listed(scratch, **everything) == ["mmf_1"]
    assert listed(scratch, first_day=date.max, time_zone=time_zone) == []
    assert listed(scratch, last_day=date.min, time_zone=time_zone) == []


def test_an_unknown_time_zone_is_an_error(scratch: AnyConnection) -> None:
    with pytest.raises(UnknownTimeZone):
        listed(scratch, time_zone="Mars/Olympus")


def test_runs_are_told_apart_by_whether_the_calendar_has_them(scratch: AnyConnection) -> None:
    create_runs(scratch, *(new_run(f"mmf_{number}") for number in range(1, 5)))
    for id, status in (("mmf_1", "synced"), ("mmf_2", "failed"), ("mmf_3", "pending")):
        scratch.execute(
            "insert into synced_runs (run_id, run_version, google_event_id, sync_status)"
            " values (%s, 1, 'e', %s)",
            [id, status],
        )
    assert listed(scratch, is_synced=True) == ["mmf_1"]
    assert listed(scratch, is_synced=False) == ["mmf_4", "mmf_3", "mmf_2"]
    assert listed(scratch) == ["mmf_4", "mmf_3", "mmf_2", "mmf_1"]


def test_details_are_those_that_are_read_elsewhere(scratch: AnyConnection) -> None:
    scratch.execute("insert into shoes (id, name) values ('a', 'A')")
    create_runs(scratch, new_run("mmf_1", shoe_id="a"), new_run("mmf_2"))
    page = list_runs(RunDetail, order=BY_DATE, limit=9, conn=scratch)
    assert page.runs == db.runs.get_all_run_details(conn=scratch)
    assert page.runs[0] == db.runs.get_run_detail_by_id("mmf_2", conn=scratch)


@pytest.mark.parametrize(
    ("sort_by", "key"),
    [
        ("date", "yesterday"),
        ("date", 3.0),
        ("date", None),
        ("distance", "3"),
        ("distance", None),
        ("pace", 3),
        ("heart_rate", "140"),
        ("shoes", 1.0),
    ],
)
def test_a_position_of_another_order_is_refused(sort_by: SortBy, key: Any) -> None:
    with pytest.raises(InvalidValue, match=f"by {sort_by}"):
        position_in(RunOrder(sort_by=sort_by), key, "mmf_1")
    with pytest.raises(InvalidValue, match="by shoes"):
        position_in(RunOrder(sort_by="shoes"), "A", 1)


class Explained(psycopg.Cursor[Any]):
    """A cursor that has every statement explained before it is executed."""

    scans: ClassVar[list[tuple[str, str | None, int]]] = []

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """Note where the statement reads how many rows: kind of the step, index, rows."""
        statement = b"explain (analyze, format json) " + query
        with psycopg.Cursor(self.connection) as cursor:
            ((((plan,),),),) = [cursor.execute(statement, params).fetchall()]
        self.scans.extend(scans(plan["Plan"]))
        return super().execute(query, params, **options)


def scans(step: dict[str, Any]) -> Iterator[tuple[str, str | None, int]]:
    """What a plan reads of the table of runs."""
    if step.get("Relation Name") == "runs" or step.get("Index Name") == "runs_by_time":
        yield step["Node Type"], step.get("Index Name"), step["Actual Rows"]
    for below in step.get("Plans", ()):
        yield from scans(below)


def test_a_month_of_a_million_runs_is_read_by_the_index_on_their_time(scratch: AnyConnection) -> None:
    scratch.execute(
        """
        insert into runs (id, datetime_utc, type, distance, duration, source)
        select 'mmf_' || number, timestamptz '1986-01-01 00:00+00' + number * interval '20 minutes',
               'Outdoor Run', number % 97, 1800, 'MapMyFitness'
        from generate_series(1, 1000000) as number;
        analyze runs
        """
    )
    march: dict[str, Any] = {
        "first_day": date(2016, 3, 1),
        "last_day": date(2016, 3, 31),
        "time_zone": "Europe/Berlin",
    }
    of_march = 31 * 24 * 3 - 3  # summer time begins
    scratch.cursor_factory = Explained
    try:
        for sort_by in SORTS:
            order = RunOrder(sort_by=sort_by)
            page = list_runs(RunDetail, order=order, limit=1000, conn=scratch, **march)
            list_runs(RunDetail, order=order, limit=1000, after=page.last, conn=scratch, **march)
        by_month = Explained.scans.copy()
        Explained.scans.clear()
        page = list_runs(RunDetail, order=BY_DATE, limit=1000, conn=scratch)
        list_runs(RunDetail, order=BY_DATE, limit=1000, after=page.last, conn=scratch)
    finally:
        scratch.cursor_factory = psycopg.Cursor
    assert {index for _, index, _ in by_month if index} == {"runs_by_time"}
    assert not [scan for scan in by_month if scan[0] == "Seq Scan"]
    assert max(rows for _, _, rows in by_month) == of_march
    # What is not bounded by days is bounded by the page.
    assert [scan[1:] for scan in Explained.scans] == [("runs_by_time", 1001)] * 2
