"""Days are read as the vendor writes them, and noon is noon where the runner lives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.normalize.mapmyfitness.dates import noons_utc, parse_date, parse_dates

AP_STYLE = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]


@pytest.mark.parametrize(("number", "month"), list(enumerate(AP_STYLE, start=1)))
def test_every_month_of_the_vendor_is_read(number: int, month: str) -> None:
    assert parse_date(f"{month} {number}, 2024") == date(2024, number, number)


@given(st.dates())
def test_every_day_is_read_in_each_way_to_write_it(day: date) -> None:
    year = f"{day.year:04d}"
    for month in (AP_STYLE[day.month - 1], f"{day:%B}", f"{day:%b}", f"{day:%b}."):
        assert parse_date(f"{month} {day.day}, {year}") == day
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["  May 6, 2025 ", "MAY 6, 2025", "may 06, 2025", "May  6 ,2025", "May. 6, 2025", "2025-05-06\t"]
)
def test_small_differences_do_not_matter(text: str) -> None:
    assert parse_date(text) == date(2025, 5, 6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Feb. 30, 2025",
        "Feb. 29, 2025",
        "April 31, 2025",
        "May 0, 2025",
        "2025-13-01",
        "0000-01-01",
        "11 mai 2025",
        "Mai 11, 2025",
        "Juni 1, 2025",
        "5/6/2025",
        "06.05.2025",
        "May 6, 25",
        "May 6 2025",
        "May 6, 2025 10:00",
        "2025-5-6",
        "20250506",
        "May \uff16, 2025",
        "45783",
        "Janu. 1, 2025",
    ],
)
def test_what_is_no_such_day_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.lists(st.sampled_from(["May 6, 2025", "2016-01-07", "yesterday", "", "Feb. 30, 2025"])))
@settings(deadline=None)
def test_a_column_is_read_as_its_cells_are(texts: list[str]) -> None:
    assert parse_dates(pl.Series(texts, dtype=pl.String)).to_list() == [parse_date(text) for text in texts]


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2025, 5, 6), "America/Chicago", datetime(2025, 5, 6, 17, tzinfo=UTC)),
        (date(2016, 1, 7), "America/Chicago", datetime(2016, 1, 7, 18, tzinfo=UTC)),
        (date(2025, 3, 8), "America/Chicago", datetime(2025, 3, 8, 18, tzinfo=UTC)),
        (date(2025, 3, 9), "America/Chicago", datetime(2025, 3, 9, 17, tzinfo=UTC)),
        (date(2025, 11, 1), "America/Chicago", datetime(2025, 11, 1, 17, tzinfo=UTC)),
        (date(2025, 11, 2), "America/Chicago", datetime(2025, 11, 2, 18, tzinfo=UTC)),
        (date(2024, 2, 29), "Asia/Kathmandu", datetime(2024, 2, 29, 6, 15, tzinfo=UTC)),
        (date(2024, 2, 29), "Pacific/Kiritimati", datetime(2024, 2, 28, 22, tzinfo=UTC)),
        (date(2024, 2, 29), "UTC", datetime(2024, 2, 29, 12, tzinfo=UTC)),
        # Samoa went from the 29th straight to the 31st; a run on the 30th is still some instant.
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 22, tzinfo=UTC)),
    ],
)
def test_noon_follows_daylight_saving_time(day: date, zone: str, expected: datetime) -> None:
    assert noons_utc(pl.Series([day]), ZoneInfo(zone)).to_list() == [expected]


@given(
    st.lists(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)), min_size=1),
    st.sampled_from(["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Monrovia"]),
)
@settings(deadline=None)
def test_noon_is_noon_on_the_runners_clock(days: list[date], zone: str) -> None:
    there = ZoneInfo(zone)
    expected = [datetime(day.year, day.month, day.day, 12, tzinfo=there) for day in days]
    noons = noons_utc(pl.Series(days), there)
    assert noons.dtype == pl.Datetime("us", "UTC")
    for instant, noon in zip(noons, expected, strict=True):
        # To the microsecond: some zones were off by odd seconds before they were standardised.
        assert abs(instant - noon.astimezone(UTC)) < timedelta(microseconds=1)
