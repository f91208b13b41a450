"""Starts: from Postgres' text of an instant to the instant."""

import polars as pl

_UTC = "+00"
_ANY_OFFSET = "%Y-%m-%d %H:%M:%S%.f%#z"


def parse_starts(texts: pl.Series) -> pl.Series:
    """Read instants.

    Args:
        texts: such as `2026-11-15 13:57:49+00`.

    Returns:
        Datetimes (microseconds, UTC) of the same length and name; null where the text is none of the years
        1 to 9999.
    """
    # Nearly all are whole seconds in UTC, and reading only those is several times faster.
    starts = texts.str.strip_suffix(_UTC).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC", strict=False
    )
    unusual = starts.is_null() & texts.is_not_null()
    if unusual.any():
        others = texts.filter(unusual).str.to_datetime(_ANY_OFFSET, time_unit="us", strict=False)
        starts = starts.scatter(unusual.arg_true(), others)
    return starts
