"""Why an activity cannot become a run, in sentences for the person who owns it."""

from datetime import datetime
from functools import cache

import polars as pl

from fitness_pipeline.models import EARLIEST_START
from fitness_pipeline.normalize.faults import FaultyValue

_A_START = pl.lit("expected something like 2025-02-03 07:30:00+00")
_METRES = pl.lit("expected metres such as 5000")
_SECONDS = pl.lit("expected seconds, such as 1500")


def is_sound(latest: datetime) -> pl.Expr:
    """Return whether each activity can become a run, never null.

    Args:
        latest: the last instant at which a run can start.

    Returns:
        An expression over the parsed values `datetime_utc`, `metres` and `seconds` (null where the text
        could not be read).
    """
    has_start = pl.col("datetime_utc").is_between(EARLIEST_START, latest)
    return (has_start & (pl.col("metres") >= 0) & (pl.col("seconds") >= 0)).fill_null(value=False)


@cache  # composing it takes longer than most of what it does
def explain(latest: datetime) -> pl.Expr:
    """Return what is wrong with each activity that is not sound, all of it.

    Args:
        latest: as for `is_sound`.

    Returns:
        An expression over the texts `start_date`, `distance` and `elapsed_time` and their parsed values. It
        gives a String such as `Distance "-3" is negative; expected metres such as 5000`.
    """
    start = pl.col("datetime_utc")
    text = _value("Start", "start_date")
    start_fault = (
        pl.when(text.is_empty)
        .then(text.is_missing(_A_START))
        .when(start.is_null())
        .then(text.says("is not a time of this era", _A_START))
        .when(start < EARLIEST_START)
        .then(text.says("is before 1900", _A_START))
        .when(start > latest)
        .then(text.says("lies in the future", pl.lit("expected a time that has come")))
    )
    return pl.concat_str(
        start_fault,
        _value("Distance", "distance").number_fault(pl.col("metres"), _METRES),
        _value("Elapsed time", "elapsed_time").number_fault(pl.col("seconds"), _SECONDS),
        separator=". ",
        ignore_nulls=True,
    )


def _value(title: str, column: str) -> FaultyValue:
    return FaultyValue(title, column, when_empty="is missing")
