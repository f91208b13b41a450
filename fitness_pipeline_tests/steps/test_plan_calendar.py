"""Which runs are to be on the calendar, and what a sync would have to do."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.calendars import find_calendar, pause
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.plan_calendar import CalendarPlan, work_left
from fitness_pipeline_tests.builders import create_runs, row_versions
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs, connect_google, run
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.calendar_edits import delete, edit
from fitness_pipeline_tests.steps.calendar_fixtures import connection, sync

__all__ = ["connection", "sync"]

NOTHING = CalendarPlan()
# 90 days before the 10th of March 2026, in Chicago.
FIRST_DAY = datetime(2025, 12, 10, 6, tzinfo=UTC)


def shown(sync: CalendarSyncer) -> set[str]:
    return {run_id for run_id, _ in sync.shown()}


def add_some_of_each_year(connection: AnyConnection) -> None:
    """Store a run of each new year's day from 2016 to 2026, numbered by the years."""
    create_runs(
        connection,
        *(run(year, datetime_utc=datetime(year, 1, 1, 18, tzinfo=UTC)) for year in range(2016, 2027)),
    )


def test_at_first_the_last_90_days_are_shown(sync: CalendarSyncer, connection: AnyConnection) -> None:
    create_runs(
        connection,
        run(1, datetime_utc=FIRST_DAY),
        run(2, datetime_utc=FIRST_DAY - timedelta(seconds=1)),
        run(3, datetime_utc=NOW + timedelta(hours=1)),
    )
    sync()
    assert shown(sync) == {"strava_1", "strava_3"}


def test_the_days_are_counted_from_the_connection_and_not_from_the_sync(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    create_runs(connection, run(1, datetime_utc=FIRST_DAY))
    sync.clock.advance(timedelta(days=30))
    sync()
    assert shown(sync) == {"strava_1"}
    connect_google(sync.sandbox, sync.clock())
    create_runs(connection, run(2, datetime_utc=FIRST_DAY + timedelta(hours=1)))
    sync()
    assert shown(sync) == {"strava_1", "strava_2"}


def test_a_run_of_before_that_is_shown_once_its_start_is_corrected(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    create_runs(connection, run(1, datetime_utc=FIRST_DAY - timedelta(days=3650)))
    sync()
    assert shown(sync) == set()
    edit(connection, datetime_utc=FIRST_DAY)
    sync()
    assert shown(sync) == {"strava_1"}


def test_the_first_day_can_be_set(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    add_some_of_each_year(connection)
    environment.setenv("CALENDAR_SYNC_SINCE", "2024-01-01")
    sync()
    assert shown(sync) == {"strava_2024", "strava_2025", "strava_2026"}
    environment.setenv("CALENDAR_SYNC_SINCE", "2023-01-01")
    assert sync().plan == CalendarPlan(create=1)
    assert shown(sync) == {"strava_2023", "strava_2024", "strava_2025", "strava_2026"}


def test_a_later_first_day_removes_nothing_and_what_is_there_stays_up_to_date(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    add_some_of_each_year(connection)
    environment.setenv("CALENDAR_SYNC_SINCE", "2024-01-01")
    sync()
    environment.setenv("CALENDAR_SYNC_SINCE", "2026-01-01")
    assert sync().plan == NOTHING
    edit(connection, "strava_2024", distance=9.0)
    delete(connection, "strava_2025")
    sync()
    assert sync.shown() == {("strava_2024", "2"), ("strava_2026", "1")}


def test_older_runs_are_shown_on_purpose_and_from_then_on(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_some_of_each_year(connection)
    sync()
    assert shown(sync) == {"strava_2026"}
    assert sync(since=date(2024, 1, 1)).plan == CalendarPlan(create=2)
    late = run(7, datetime_utc=datetime(2024, 5, 1, 12, tzinfo=UTC))
    create_runs(connection, late)
    sync()
    assert shown(sync) == {"strava_2024", "strava_2025", "strava_2026", "strava_7"}
    assert sync(since=date(2025, 1, 1)).plan == NOTHING
    calendar = find_calendar(conn=connection)
    assert calendar is not None
    assert calendar.backfilled_since == date(2024, 1, 1)


def test_a_backfill_leaves_declined_runs_alone(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_some_of_each_year(connection)
    decline_event("strava_2025", "primary", conn=connection)
    sync(since=date(2024, 1, 1))
    assert shown(sync) == {"strava_2024", "strava_2026"}


def test_a_single_older_run_can_be_wanted(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_some_of_each_year(connection)
    want_event_again("strava_2020", "primary", conn=connection)
    sync()
    assert shown(sync) == {"strava_2020", "strava_2026"}


def test_a_plan_is_a_sentence() -> None:
    assert CalendarPlan(create=3, update=1, delete=1).sentence == "3 create, 1 update, 1 delete"
    assert CalendarPlan(check=2).sentence == "0 create, 0 update, 0 delete, 2 check"


def test_a_preview_tells_what_a_sync_does(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 4)
    assert sync.preview() == CalendarPlan(create=4)
    assert sync().plan == CalendarPlan(create=4)
    edit(connection, distance=9.0)
    delete(connection, "strava_2")
    create_runs(connection, run(5), run(300))
    expected = CalendarPlan(create=1, update=1, delete=1)
    assert sync.preview() == expected
    assert sync.preview(since=date(2020, 1, 1)) == CalendarPlan(create=2, update=1, delete=1)
    assert sync().plan == expected
    assert sync.preview() == NOTHING


@pytest.mark.parametrize("is_first", [True, False])
def test_a_preview_changes_nothing_and_asks_nobody(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch, is_first: bool
) -> None:
    add_runs(connection, 3)
    if not is_first:
        sync()
        sync.sandbox.log.clear()
        edit(connection, distance=9.0)
        environment.setenv("CALENDAR_TITLE", "{type}")
    before = row_versions(connection)
    assert sync.preview(since=date(2020, 1, 1)) != NOTHING
    assert row_versions(connection) == before
    assert sync.sandbox.log.count() == 0


def test_what_stayed_open_is_to_be_checked(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 2)
    sync()
    connection.execute("update normalized.calendar_events set unfinished = 'patch' where run_id = 'strava_1'")
    assert sync.preview() == CalendarPlan(check=1)


def left(sync: CalendarSyncer) -> str | None:
    return work_left(load_settings(), now=sync.clock())


def test_work_is_told_apart_until_it_is_done(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    told = [left(sync)]
    add_runs(connection, 2)
    sync()
    assert left(sync) is None
    for distance in (7.0, 8.0):
        edit(connection, distance=distance)
        told.append(left(sync))
        assert left(sync) == told[-1]
    sync()
    environment.setenv("CALENDAR_TITLE", "{type}")
    told.append(left(sync))
    sync()
    decline_event("strava_1", "primary", conn=connection)
    told.append(left(sync))
    assert None not in told
    assert len(set(told)) == len(told)
    sync()
    assert left(sync) is None


def test_an_event_that_failed_is_work_when_its_time_has_come(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync.sandbox.faults.order(Answer(errors.invalid("Bad thing.")), inner=True, times=2)
    sync()
    assert left(sync) is None
    sync.clock.advance(timedelta(minutes=5))
    first = left(sync)
    sync()
    sync.clock.advance(timedelta(minutes=10))
    assert None not in (first, left(sync))
    assert left(sync) != first


def test_a_pause_is_no_time_for_work(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 1)
    sync()
    edit(connection, distance=9.0)
    pause(sync.clock() + timedelta(hours=1), conn=connection)
    assert left(sync) is None
    sync.clock.advance(timedelta(hours=1))
    assert left(sync) is not None
