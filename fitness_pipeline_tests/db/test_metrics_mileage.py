"""Miles and seconds of days, weeks and shoes, added up by hand."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.metrics_mileage import (
    Weekday,
    mileage_by_day,
    mileage_by_week,
    mileage_of_shoes,
    total_mileage,
    total_seconds,
)
from fitness_pipeline.db.metrics_period import MetricsPeriod
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline_tests.builders import CHICAGO, create_runs, new_run

TODAY = date(2026, 12, 1)
KIRITIMATI, PAGO_PAGO = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # 14 hours before UTC, 11 after


def days(first: date, last: date, time_zone: str = "UTC", today: date = TODAY) -> MetricsPeriod:
    return MetricsPeriod(first=first, last=last, today=today, time_zone=time_zone)


def run_at(connection: AnyConnection, *starts: str | datetime) -> None:
    """Store runs of 1, 2, 4, ... miles, so that each sum tells which ones are in it."""
    create_runs(
        connection,
        *(
            new_run(
                f"mmf_{number}",
                datetime_utc=datetime.fromisoformat(start) if isinstance(start, str) else start,
                distance=2.0**number,
            )
            for number, start in enumerate(starts)
        ),
    )


def miles(connection: AnyConnection, period: MetricsPeriod, window: int = 1) -> list[float]:
    """The miles of each day, after making sure that each day is there."""
    assert period.first is not None
    found = mileage_by_day(period, window, conn=connection)
    assert [day.date for day in found] == [period.first + timedelta(days=n) for n in range(period.days)]
    return [day.mileage for day in found]


def weeks(
    connection: AnyConnection, period: MetricsPeriod, week_start: Weekday = "monday"
) -> dict[date, float]:
    found = mileage_by_week(period, week_start, conn=connection)
    return {week.week_start: week.mileage for week in found}


def test_every_day_has_its_miles_and_one_without_a_run_has_none(scratch: AnyConnection) -> None:
    run_at(scratch, "2026-03-02T06:00Z", "2026-03-02T18:00Z", "2026-03-04T06:00Z", "2026-03-06T00:00Z")
    period = days(date(2026, 3, 1), date(2026, 3, 5))
    assert miles(scratch, period) == [0, 3, 0, 4, 0]
    assert total_mileage(period, conn=scratch) == 7
    assert total_seconds(period, conn=scratch) == 3 * 1800


def test_deleted_runs_count_nowhere(scratch: AnyConnection) -> None:
    run_at(scratch, "2026-03-02T06:00Z", "2026-03-02T07:00Z")
    db.shoes.bulk_create_shoes_by_names(["Ghost"], conn=scratch)
    for id in ("mmf_0", "mmf_1"):
        db.runs_history.update_run_with_history(id, {"shoe_id": "ghost"}, "runner", conn=scratch)
    db.runs_history.soft_delete_run("mmf_1", "runner", conn=scratch)
    period = days(date(2026, 3, 2), date(2026, 3, 2))
    assert miles(scratch, period) == miles(scratch, period, 7) == [1]
    assert list(weeks(scratch, period).values()) == [1]
    assert total_mileage(period, conn=scratch) == 1
    assert total_seconds(period, conn=scratch) == 1800
    assert [worn.mileage for worn in mileage_of_shoes(period, conn=scratch)] == [1]


@pytest.mark.parametrize("name", [KIRITIMATI, "Asia/Kolkata", "UTC", CHICAGO, PAGO_PAGO])
def test_a_day_is_from_its_first_to_its_last_second_in_that_zone(scratch: AnyConnection, name: str) -> None:
    zone = ZoneInfo(name)
    run_at(
        scratch,
        datetime(2026, 5, 9, 23, 59, 59, 999_999, zone),
        datetime(2026, 5, 10, tzinfo=zone),
        datetime(2026, 5, 10, 23, 59, 59, 999_999, zone),
        datetime(2026, 5, 11, tzinfo=zone),
    )
    db.shoes.bulk_create_shoes_by_names(["Ghost"], conn=scratch)
    scratch.execute("update runs set shoe_id = 'ghost'")
    sunday = days(date(2026, 5, 10), date(2026, 5, 10), name)
    assert miles(scratch, sunday) == [2 + 4]
    assert total_mileage(sunday, conn=scratch) == 2 + 4
    assert total_seconds(sunday, conn=scratch) == 2 * 1800
    assert [worn.mileage for worn in mileage_of_shoes(sunday, conn=scratch)] == [2 + 4]
    assert weeks(scratch, sunday) == {date(2026, 5, 4): 1 + 2 + 4}
    assert weeks(scratch, sunday, "sunday") == {date(2026, 5, 10): 2 + 4 + 8}
    assert miles(scratch, days(date(2026, 5, 9), date(2026, 5, 11), name)) == [1, 6, 8]


def test_a_day_of_23_hours_ends_an_hour_earlier(scratch: AnyConnection) -> None:
    # In Chicago, 8 March 2026 goes from 06:00 UTC to 05:00 UTC; there is no half past two.
    run_at(
        scratch,
        "2026-03-08T05:59:59Z",
        "2026-03-08T06:00:00Z",
        "2026-03-08T07:59:59Z",
        "2026-03-08T08:00:00Z",
        "2026-03-09T04:59:59Z",
        "2026-03-09T05:00:00Z",
    )
    period = days(date(2026, 3, 7), date(2026, 3, 9), CHICAGO)
    assert miles(scratch, period) == [1, 2 + 4 + 8 + 16, 32]
    assert total_mileage(days(date(2026, 3, 8), date(2026, 3, 8), CHICAGO), conn=scratch) == 30


def test_a_day_of_25_hours_ends_an_hour_later(scratch: AnyConnection) -> None:
    # In Chicago, 1 November 2026 goes from 05:00 UTC to 06:00 UTC; it is half past one twice.
    run_at(
        scratch,
        "2026-11-01T04:59:59Z",
        "2026-11-01T05:00:00Z",
        "2026-11-01T06:30:00Z",
        "2026-11-01T07:30:00Z",
        "2026-11-02T05:59:59Z",
        "2026-11-02T06:00:00Z",
    )
    period = days(date(2026, 10, 31), date(2026, 11, 2), CHICAGO)
    assert miles(scratch, period) == [1, 2 + 4 + 8 + 16, 32]
    assert total_mileage(days(date(2026, 11, 1), date(2026, 11, 1), CHICAGO), conn=scratch) == 30


def test_a_day_that_has_two_midnights_begins_with_the_first(scratch: AnyConnection) -> None:
    # In Havana, 2 November 2025 begins at 04:00 UTC; at 05:00 UTC it is midnight again.
    run_at(scratch, "2025-11-02T03:59:59Z", "2025-11-02T04:30:00Z", "2025-11-02T05:30:00Z")
    havana = "America/Havana"
    assert total_mileage(days(date(2025, 11, 1), date(2025, 11, 1), havana), conn=scratch) == 1
    assert total_mileage(days(date(2025, 11, 2), date(2025, 11, 2), havana), conn=scratch) == 2 + 4
    assert miles(scratch, days(date(2025, 11, 1), date(2025, 11, 2), havana)) == [1, 6]


def test_nobody_ran_on_a_day_that_was_left_out_of_the_calendar(scratch: AnyConnection) -> None:
    # Samoa went from 29 to 31 December 2011, at 10:00 UTC.
    run_at(scratch, "2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z")
    assert miles(scratch, days(date(2011, 12, 29), date(2011, 12, 31), "Pacific/Apia")) == [1, 0, 2]


def test_the_last_second_of_a_year_is_in_its_last_day_and_week(scratch: AnyConnection) -> None:
    zone = ZoneInfo(CHICAGO)
    run_at(scratch, datetime(2025, 12, 31, 23, 59, 59, tzinfo=zone), datetime(2026, 1, 1, tzinfo=zone))
    assert miles(scratch, days(date(2025, 12, 31), date(2026, 1, 1), CHICAGO)) == [1, 2]
    # 2026-W01 begins in 2025.
    assert weeks(scratch, days(date(2025, 12, 31), date(2026, 1, 1), CHICAGO)) == {date(2025, 12, 29): 3}


def test_a_year_of_53_weeks_has_them_all(scratch: AnyConnection) -> None:
    # 2020-W53 is from 28 December 2020 to 3 January 2021.
    run_at(scratch, "2020-12-27T12:00Z", "2020-12-28T12:00Z", "2021-01-03T12:00Z", "2021-01-04T12:00Z")
    period = days(date(2020, 12, 27), date(2021, 1, 4))
    assert weeks(scratch, period) == {date(2020, 12, 21): 1, date(2020, 12, 28): 2 + 4, date(2021, 1, 4): 8}
    assert weeks(scratch, period, "sunday") == {date(2020, 12, 27): 1 + 2, date(2021, 1, 3): 4 + 8}


def test_a_week_that_a_period_cuts_counts_whole(scratch: AnyConnection) -> None:
    run_at(scratch, *(f"2026-03-{day:02}T12:00Z" for day in range(1, 16)))  # from a Sunday on
    for day in range(2, 9):
        cut = days(date(2026, 3, day), date(2026, 3, day))
        assert weeks(scratch, cut) == {date(2026, 3, 2): 2 + 4 + 8 + 16 + 32 + 64 + 128}
    for day in range(1, 8):
        cut = days(date(2026, 3, day), date(2026, 3, day))
        assert weeks(scratch, cut, "sunday") == {date(2026, 3, 1): 1 + 2 + 4 + 8 + 16 + 32 + 64}


def test_weeks_without_a_run_are_there_too(scratch: AnyConnection) -> None:
    run_at(scratch, "2026-03-02T12:00Z", "2026-03-22T12:00Z")
    assert list(weeks(scratch, days(date(2026, 3, 8), date(2026, 3, 16))).values()) == [1, 0, 2]


def test_the_present_week_counts_up_to_today(scratch: AnyConnection) -> None:
    run_at(scratch, "2026-03-02T12:00Z", "2026-03-04T12:00Z", "2026-03-05T12:00Z")
    wednesday = date(2026, 3, 4)
    assert weeks(scratch, days(wednesday, wednesday, today=wednesday)) == {date(2026, 3, 2): 1 + 2}


def test_a_window_reaches_back_before_the_period(scratch: AnyConnection) -> None:
    run_at(scratch, *(f"2026-03-0{day}T12:00Z" for day in range(1, 6)))
    period = days(date(2026, 3, 3), date(2026, 3, 6))
    assert miles(scratch, period, 1) == [4, 8, 16, 0]
    assert miles(scratch, period, 2) == [2 + 4, 4 + 8, 8 + 16, 16]
    assert miles(scratch, period, 36_525) == [7, 15, 31, 31]


def test_miles_are_added_as_they_are_written(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost"], conn=scratch)
    create_runs(
        scratch,
        new_run("mmf_1", distance=0.1, duration=0.1, shoe_id="ghost"),
        new_run("mmf_2", distance=0.2, duration=0.2, shoe_id="ghost"),
    )
    period = days(date(2025, 5, 6), date(2025, 5, 6))
    assert total_mileage(period, conn=scratch) == total_seconds(period, conn=scratch) == 0.3
    assert miles(scratch, period) == list(weeks(scratch, period).values()) == [0.3]
    assert [worn.mileage for worn in mileage_of_shoes(period, conn=scratch)] == [0.3]


def test_shoes_come_by_their_miles_and_without_those_that_are_out_of_use(scratch: AnyConnection) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost", "Ride", "Axon", "Unworn", "Old", "Gone"], conn=scratch)
    worn = ("ghost", "ride", "ride", "axon", "old", None, "gone")
    create_runs(scratch, *(new_run(f"mmf_{n}", shoe_id=shoe, distance=1) for n, shoe in enumerate(worn)))
    old = db.shoes.retire_shoe_by_id("old", date(2025, 6, 1), "worn down", conn=scratch)
    scratch.execute("update shoes set deleted_at = now() where id = 'gone'")
    period = days(date(2025, 5, 6), date(2025, 5, 6))
    in_use = mileage_of_shoes(period, conn=scratch)
    assert [(worn.shoe.name, worn.mileage) for worn in in_use] == [("Ride", 2), ("Axon", 1), ("Ghost", 1)]
    everything = mileage_of_shoes(period, include_retired=True, conn=scratch)
    assert [worn.shoe.name for worn in everything] == ["Ride", "Axon", "Ghost", "Old"]
    assert everything[-1].shoe == old
    assert mileage_of_shoes(days(date(2025, 5, 7), TODAY), include_retired=True, conn=scratch) == []


def test_a_sum_that_no_number_can_hold_is_told(scratch: AnyConnection) -> None:
    create_runs(scratch, *(new_run(f"mmf_{n}", distance=1.5e308) for n in (1, 2)))
    period = days(date(2025, 5, 6), date(2025, 5, 6))
    with pytest.raises(InvalidValue, match="Correct it"):
        total_mileage(period, conn=scratch)


def test_no_week_begins_before_year_1(scratch: AnyConnection) -> None:
    first = days(date(1, 1, 1), date(1, 1, 1))  # a Monday
    assert weeks(scratch, first) == {date(1, 1, 1): 0}
    with pytest.raises(InvalidValue, match="Begin later"):
        weeks(scratch, first, "sunday")
