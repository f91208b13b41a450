"""Instants as Postgres writes them are read, whatever the session's time zone."""

from datetime import UTC, datetime, timedelta, timezone

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.normalize.strava.starts import parse_starts

OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


def as_postgres_writes(start: datetime) -> str:
    text = start.isoformat(sep=" ")
    return text.removesuffix(":00") if start.utcoffset() in (None, *WHOLE_HOURS) else text


WHOLE_HOURS = [timedelta(hours=hours) for hours in range(-12, 15)]


@given(st.lists(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS)))  # noqa: DTZ001
def test_every_instant_comes_out_as_it_went_in(starts: list[datetime]) -> None:
    texts = pl.Series([as_postgres_writes(start) for start in starts], dtype=pl.String)
    assert parse_starts(texts).to_list() == starts


def test_what_is_no_instant_of_this_era_is_null() -> None:
    texts = ["2026-11-15 13:57:49+00", "0044-03-15 12:00:00+00 BC", "12026-01-01 00:00:00+00", "", None]
    assert parse_starts(pl.Series(texts)).to_list() == [
        datetime(2026, 11, 15, 13, 57, 49, tzinfo=UTC),
        None,
        None,
        None,
        None,
    ]
