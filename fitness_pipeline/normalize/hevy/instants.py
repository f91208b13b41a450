"""Instants: from Hevy's text to the instant."""

import polars as pl

# Hevy's specification writes a Z; other clients have recorded `+00:00` and fractions of a second.
_WITH_SECONDS = "%Y-%m-%dT%H:%M:%S%.f%#z"
_WITHOUT_SECONDS = "%Y-%m-%dT%H:%M%#z"


def parse_instants(texts: pl.Series) -> pl.Series:
    """Read instants of ISO 8601.

    Args:
        texts: such as `2026-04-01T20:00:00Z`, `2026-04-01T22:00:00.345+02:00` or `2026-04-01T20:00Z`.

    Returns:
        Datetimes (microseconds, UTC) of the same length and name; null where the text is none, or does not
        say how far it is from UTC.
    """
    instants = _parsed(texts, _WITH_SECONDS)
    unread = instants.is_null() & texts.is_not_null()
    if unread.any():
        instants = instants.scatter(unread.arg_true(), _parsed(texts.filter(unread), _WITHOUT_SECONDS))
    return instants


def _parsed(texts: pl.Series, how: str) -> pl.Series:
    return texts.str.to_datetime(how, time_unit="us", strict=False)
