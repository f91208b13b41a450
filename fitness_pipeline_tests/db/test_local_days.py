"""Days of a time zone as instants, on the days on which clocks change and at the ends of the calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fitness_pipeline.db.local_days import instants_of_days
from fitness_pipeline.errors import UnknownTimeZone

EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def test_a_day_begins_at_midnight_and_ends_before_the_next() -> None:
    day = date(2026, 1, 15)
    assert instants_of_days(day, day, "America/Chicago") == (
        datetime(2026, 1, 15, 6, tzinfo=UTC),
        datetime(2026, 1, 16, 6, tzinfo=UTC),
    )


# Germany: 2026-03-29 and 2026-10-25. Cairo, where midnight does not exist on the day that summer time begins.
@pytest.mark.parametrize(
    ("day", "time_zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 4, 24), "Africa/Cairo", 23),
        (date(2026, 12, 31), "Europe/Berlin", 24),
    ],
    ids=str,
)
def test_a_day_has_as_many_hours_as_clocks_have_it(day: date, time_zone: str, hours: int) -> None:
    since, until = instants_of_days(day, day, time_zone)
    assert until - since == timedelta(hours=hours)


def test_without_days_it_is_always() -> None:
    assert instants_of_days(None, None, "Europe/Berlin") == EVER


@pytest.mark.parametrize("time_zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_the_ends_of_the_calendar_are_as_far_as_it_goes(time_zone: str) -> None:
    since, until = instants_of_days(date.min, date.max, time_zone)
    assert since - EVER[0] < timedelta(days=1)
    assert until == EVER[1]
    assert EVER[1] - instants_of_days(date.max, None, time_zone)[0] <= timedelta(days=2)
    assert instants_of_days(None, date.min, time_zone)[1] - EVER[0] <= timedelta(days=2)


def test_a_time_zone_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(UnknownTimeZone):
        instants_of_days(None, None, "Mars/Olympus")
