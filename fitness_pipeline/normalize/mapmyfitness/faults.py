"""Why a row cannot become a run, in sentences for the person who owns it."""

from datetime import date
from functools import cache

import polars as pl

from fitness_pipeline.normalize.faults import FaultyValue

_EARLIEST = date(1900, 1, 1)
_A_DAY = 'expected something like "Feb. 3, 2025"'
_SECONDS = pl.lit("expected seconds, such as 1500")
_LENGTH = pl.format(
    "expected {} such as 3.1",
    pl.when(pl.col("unit") == "km").then(pl.lit("kilometres")).otherwise(pl.lit("miles")),
)


def is_sound(latest: date) -> pl.Expr:
    """Return whether each row can become a run, never null.

    Args:
        latest: the last day that a workout can have.

    Returns:
        An expression over the parsed values `day`, `parsed_distance` and `parsed_time` (null where the
        cell could not be read).
    """
    has_day = pl.col("day").is_between(_EARLIEST, latest)
    return (has_day & (pl.col("parsed_distance") >= 0) & (pl.col("parsed_time") >= 0)).fill_null(value=False)


@cache  # composing it takes longer than most of what it does
def explain(latest: date) -> pl.Expr:
    """Return what is wrong with each row that is not sound, all of it.

    Args:
        latest: as for `is_sound`.

    Returns:
        An expression over the cells `workout_date`, `distance` and `workout_time`, their parsed values and
        `unit`. It gives a String such as
        `Workout Date "Feb. 30, 2025" is not a date; expected something like "Feb. 3, 2025"`.
    """
    day = pl.col("day")
    date_cell = FaultyValue("Workout Date", "workout_date")
    date_fault = (
        pl.when(date_cell.is_empty)
        .then(date_cell.is_missing(pl.lit(_A_DAY)))
        .when(day.is_null())
        .then(date_cell.says("is not a date", pl.lit(_A_DAY)))
        .when(day < _EARLIEST)
        .then(date_cell.says("is before 1900", pl.lit(_A_DAY)))
        .when(day > latest)
        .then(date_cell.says("lies in the future", pl.lit("expected a day that has begun")))
    )
    return pl.concat_str(
        date_fault,
        FaultyValue("Distance", "distance").number_fault(pl.col("parsed_distance"), _LENGTH),
        FaultyValue("Workout Time", "workout_time").number_fault(pl.col("parsed_time"), _SECONDS),
        separator=". ",
        ignore_nulls=True,
    )
