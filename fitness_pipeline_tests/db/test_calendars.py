"""From when on runs are shown, and whether Google is to be left alone."""

from datetime import date, datetime, timedelta

import pytest

from fitness_pipeline.db.calendars import (
    Calendar,
    begin_calendar,
    end_calendar,
    end_pauses,
    extend_backwards,
    find_calendar,
    pause,
    record_rules,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.moments import NOW

CONNECTED = date(2026, 3, 10)
FIRST_DAY = date(2025, 12, 10)
BEGUN = Calendar(default_since=FIRST_DAY, backfilled_since=None, rules="", paused_until=None, pauses=0)


@pytest.fixture
def calendar(scratch: AnyConnection) -> AnyConnection:
    """A database in which a calendar was begun."""
    begin_calendar(CONNECTED, conn=scratch)
    return scratch


def found(connection: AnyConnection) -> Calendar:
    calendar = find_calendar(conn=connection)
    assert calendar is not None
    return calendar


def paused(connection: AnyConnection) -> tuple[datetime | None, int]:
    calendar = found(connection)
    return calendar.paused_until, calendar.pauses


def test_without_a_calendar_there_is_none(scratch: AnyConnection) -> None:
    assert find_calendar(conn=scratch) is None


def test_a_calendar_begins_90_days_before_it_was_connected(calendar: AnyConnection) -> None:
    assert found(calendar) == BEGUN


def test_a_calendar_that_is_there_stays_as_it_is(calendar: AnyConnection) -> None:
    begin_calendar(CONNECTED + timedelta(days=365), conn=calendar)
    assert found(calendar) == BEGUN


@pytest.mark.parametrize(
    ("backfilled", "configured", "first"),
    [
        (None, None, FIRST_DAY),
        (None, date(2026, 2, 1), date(2026, 2, 1)),
        (None, date(2020, 1, 1), date(2020, 1, 1)),
        (date(2021, 1, 1), None, date(2021, 1, 1)),
        (date(2021, 1, 1), date(2026, 2, 1), date(2021, 1, 1)),
        (date(2021, 1, 1), date(2020, 1, 1), date(2020, 1, 1)),
        (date(2026, 2, 1), None, FIRST_DAY),
    ],
)
def test_the_settings_count_instead_of_the_default_and_a_backfill_reaches_further_back(
    calendar: AnyConnection, backfilled: date | None, configured: date | None, first: date
) -> None:
    if backfilled is not None:
        extend_backwards(backfilled, conn=calendar)
    assert found(calendar).since(configured) == first


def test_a_backfill_never_reaches_less_far_back_than_a_former_one(calendar: AnyConnection) -> None:
    for day in (date(2022, 1, 1), date(2020, 1, 1), date(2023, 1, 1)):
        extend_backwards(day, conn=calendar)
    assert found(calendar).backfilled_since == date(2020, 1, 1)


def test_pauses_are_counted_until_google_takes_events_again(calendar: AnyConnection) -> None:
    pause(NOW, conn=calendar)
    pause(NOW + timedelta(hours=2), conn=calendar)
    assert paused(calendar) == (NOW + timedelta(hours=2), 2)
    end_pauses(conn=calendar)
    assert paused(calendar) == (None, 0)


def test_what_all_events_were_compared_with_is_remembered(calendar: AnyConnection) -> None:
    record_rules("abc", conn=calendar)
    assert found(calendar).rules == "abc"


def test_a_calendar_that_ended_begins_anew(calendar: AnyConnection) -> None:
    record_rules("abc", conn=calendar)
    pause(NOW, conn=calendar)
    calendar.execute("insert into normalized.calendar_changes (run_id) values ('strava_1')")
    end_calendar(conn=calendar)
    assert find_calendar(conn=calendar) is None
    assert calendar.execute("select from normalized.calendar_changes").rowcount == 0
    begin_calendar(CONNECTED, conn=calendar)
    assert found(calendar) == BEGUN
