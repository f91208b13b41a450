"""Workouts to lifts: what they are called, when they were, and which cannot be understood."""

from dataclasses import dataclass

import polars as pl

from fitness_pipeline.models import EARLIEST_START
from fitness_pipeline.normalize.hevy.faults import LATEST, explain, is_sound
from fitness_pipeline.normalize.hevy.instants import parse_instants

RULES_VERSION: int = 1
"""Raised when the same rows would give other lifts; everything is then recomputed from raw.

The exercises and the totals come from functions in the database (`normalized.lift_exercises` and others): a
migration that changes one of them raises this, too.
"""

UNNAMED = "Workout"


@dataclass(frozen=True, slots=True)
class LiftBatch:
    """Normalized workouts; each raw row is in exactly one of the three, in the order given.

    Attributes:
        lifts: lift_id, workout_id, title, description (or null), start_time and end_time (Datetime, UTC; the
            end may be null). Whether it is deleted, its exercises and its totals stand in the raw row.
        withdrawn: lift_id and workout_id of what was deleted and cannot be understood.
        rejects: key (the id of the lift it would be), workout_id and reason of what cannot be understood.
    """

    lifts: pl.DataFrame
    withdrawn: pl.DataFrame
    rejects: pl.DataFrame


def normalize_workouts(rows: pl.DataFrame) -> LiftBatch:
    """Turn rows of `raw.hevy_workouts` into lifts.

    Args:
        rows: workout_id, title, description, start_time, end_time and is_deleted, all text, as
            `db.changed_hevy_workouts.changed_workouts` reads them.

    Returns:
        The lifts, and what could not be understood with the reasons.
    """
    parsed = rows.with_columns(
        pl.format("hevy_{}", "workout_id").alias("lift_id"),
        parse_instants(rows["start_time"]).alias("start"),
        parse_instants(rows["end_time"]).alias("end"),
    )
    sound = parsed.filter(is_sound())
    faulty = parsed.filter(~is_sound()) if sound.height < parsed.height else parsed.clear()
    is_deleted = pl.col("is_deleted") == "t"
    return LiftBatch(
        lifts=sound.select(
            "lift_id",
            "workout_id",
            _text("title").fill_null(UNNAMED).alias("title"),
            _text("description").alias("description"),
            pl.col("start").alias("start_time"),
            # An end before the start is kept: it is what Hevy says, and an asset check points at it.
            pl.when(pl.col("end").is_between(EARLIEST_START, LATEST)).then("end").alias("end_time"),
        ),
        withdrawn=faulty.filter(is_deleted).select("lift_id", "workout_id"),
        rejects=faulty.filter(~is_deleted).select(
            pl.col("lift_id").alias("key"), "workout_id", explain().alias("reason")
        ),
    )


def _text(column: str) -> pl.Expr:
    """Return each text as it is, and null where nothing can be read in it."""
    return pl.when(pl.col(column).str.strip_chars() != "").then(column)
