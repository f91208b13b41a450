"""Workout dates: the text of a cell to a day, and a day to an instant."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from fitness_pipeline.normalize.mapmyfitness.distinct import map_distinct

_MONTHS = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may",),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_NUMBER_OF_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}

_ENGLISH = re.compile(r"([A-Za-z]+)\.?\s+([0-9]{1,2})\s*,\s*([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def parse_date(text: str) -> date | None:
    """Read a day as an export writes it.

    Args:
        text: such as `May 6, 2025` or `Sept. 24, 2024` (MapMyFitness export, as seen in public files);
            full and three-letter English month names and ISO dates are read too.

    Returns:
        The day, or None when there is no such day or it is written otherwise.
    """
    stripped = text.strip()
    if found := _ISO.fullmatch(stripped):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _ENGLISH.fullmatch(stripped):
        year, month, day = int(found[3]), _NUMBER_OF_MONTH.get(found[1].lower(), 0), int(found[2])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_dates(texts: pl.Series) -> pl.Series:
    """Return the day of each text, null where `parse_date` gives None."""
    return map_distinct(texts, parse_date, pl.Date())


def noons_utc(days: pl.Series, zone: ZoneInfo) -> pl.Series:
    """Return noon of each day, in UTC: the export says the day of a workout, not its hour.

    Args:
        days: dates without nulls.
        zone: where the runner was; its daylight saving time is heeded.

    Returns:
        Datetimes (microseconds, UTC) of the same length.
    """
    noon = time(12)
    offsets = map_distinct(days, lambda day: zone.utcoffset(datetime.combine(day, noon)), pl.Duration("us"))
    local = days.cast(pl.Datetime("us")) + timedelta(hours=noon.hour)
    return (local - offsets).dt.replace_time_zone("UTC")
