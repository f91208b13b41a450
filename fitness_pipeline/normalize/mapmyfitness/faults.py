"""Why a row cannot become a run, in sentences for the person who owns it."""

from datetime import date
from functools import cache

import polars as pl

_EARLIEST = date(1900, 1, 1)
_A_DAY = 'expected something like "Feb. 3, 2025"'
_SECONDS = "expected seconds, such as 1500"
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
    date_cell = _Cell("Workout Date", "workout_date")
    date_fault = (
        pl.when(date_cell.is_empty)
        .then(date_cell.says("is empty", pl.lit(_A_DAY)))
        .when(day.is_null())
        .then(date_cell.says("is not a date", pl.lit(_A_DAY)))
        .when(day < _EARLIEST)
        .then(date_cell.says("is before 1900", pl.lit(_A_DAY)))
        .when(day > latest)
        .then(date_cell.says("lies in the future", pl.lit("expected a day that has begun")))
    )
    distance_fault = _number_fault(_Cell("Distance", "distance"), pl.col("parsed_distance"), _LENGTH)
    time_fault = _number_fault(_Cell("Workout Time", "workout_time"), pl.col("parsed_time"), pl.lit(_SECONDS))
    return pl.concat_str(date_fault, distance_fault, time_fault, separator=". ", ignore_nulls=True)


class _Cell:
    """A cell that a sentence is about."""

    def __init__(self, title: str, column: str) -> None:
        text = pl.col(column).str.replace_all(r"\s+", " ").str.strip_chars()
        shortened = pl.when(text.str.len_chars() > 60).then(text.str.head(60) + "…").otherwise(text)
        self.is_empty = text == ""
        self._subject = (
            pl.when(self.is_empty).then(pl.lit(title)).otherwise(pl.format(title + ' "{}"', shortened))
        )

    def says(self, fault: str, expected: pl.Expr) -> pl.Expr:
        return pl.format("{} {}; {}", self._subject, pl.lit(fault), expected)


def _number_fault(cell: _Cell, parsed: pl.Expr, expected: pl.Expr) -> pl.Expr:
    return (
        pl.when(cell.is_empty)
        .then(cell.says("is empty", expected))
        .when(parsed.is_null())
        .then(cell.says("is not a number", expected))
        .when(parsed < 0)
        .then(cell.says("is negative", expected))
    )
