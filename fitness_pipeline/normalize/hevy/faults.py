"""Why a workout cannot become a lift, in sentences for the person who owns it."""

from datetime import UTC, datetime

import polars as pl

from fitness_pipeline.models import EARLIEST_START
from fitness_pipeline.normalize.faults import FaultyValue

# What Python can still tell in any time zone.
LATEST = datetime(9999, 12, 30, tzinfo=UTC)

_AN_ID = pl.lit("expected the workout's id at Hevy")
_A_START = pl.lit("expected something like 2026-04-01T20:00:00Z")


def is_sound() -> pl.Expr:
    """Return whether each workout can become a lift, never null.

    Returns:
        An expression over the texts `workout_id` and `start_time` and the parsed `start` (null where the
        text could not be read).
    """
    has_start = pl.col("start").is_between(EARLIEST_START, LATEST).fill_null(value=False)
    return has_start & ~_workout_id().is_empty


def explain() -> pl.Expr:
    """Return what is wrong with each workout that is not sound, all of it.

    Returns:
        An expression over the same columns. It gives a String such as
        `Start "yesterday" is not an instant; expected something like 2026-04-01T20:00:00Z`.
    """
    start = pl.col("start")
    text = FaultyValue("Start", "start_time", when_empty="is missing")
    start_fault = (
        pl.when(text.is_empty)
        .then(text.is_missing(_A_START))
        .when(start.is_null())
        .then(text.says("is not an instant", _A_START))
        .when(start < EARLIEST_START)
        .then(text.says("is before 1900", _A_START))
        .when(start > LATEST)
        .then(text.says("is after 9999", _A_START))
    )
    workout_id = _workout_id()
    id_fault = pl.when(workout_id.is_empty).then(workout_id.is_missing(_AN_ID))
    return pl.concat_str(id_fault, start_fault, separator=". ", ignore_nulls=True)


def _workout_id() -> FaultyValue:
    return FaultyValue("Id", "workout_id", when_empty="is missing")
