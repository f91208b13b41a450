"""Activities to runs: which are runs, what they say, which are gone, and which cannot be understood."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import polars as pl

from fitness_pipeline.models import LATEST_START_AHEAD, MILES_PER_KILOMETRE
from fitness_pipeline.normalize.batch import NormalizedBatch
from fitness_pipeline.normalize.heart_rates import possible_heart_rate
from fitness_pipeline.normalize.strava.faults import explain, is_sound
from fitness_pipeline.normalize.strava.shoes import with_shoes
from fitness_pipeline.normalize.strava.sport_types import is_run, run_type
from fitness_pipeline.normalize.strava.starts import parse_starts

RULES_VERSION: int = 2
"""Raised when the same rows would give other runs; everything is then recomputed from raw."""

MILES_PER_METRE = MILES_PER_KILOMETRE / 1000
GONE = "It was deleted on Strava, or made private so that this program cannot see it any more"
UNNAMED_SPORT = "unknown"


def normalize_activities(
    rows: pl.DataFrame, *, gear_names: Mapping[str, str], shoe_aliases: Mapping[str, str], today: date
) -> NormalizedBatch:
    """Turn rows of `raw.strava_activities` into runs.

    Args:
        rows: run_id, start_date, sport_type, trainer, distance (metres), elapsed_time (seconds),
            average_heartrate, gear_id and is_deleted, all text, as `db.strava_activities.changed_activities`
            reads them.
        gear_names: gear id to its name; an activity with other gear has no shoe.
        shoe_aliases: `identity.shoe_id` of a spelling to the shoe's chosen name.
        today: in UTC; what starts after the day that follows it is rejected.

    Returns:
        The runs, the other activities, those that Strava does not have any more, and the rejects with their
        reasons.
    """
    is_deleted = pl.col("is_deleted") == "t"
    withdrawn = rows.filter(is_deleted).select("run_id", pl.lit(GONE).alias("reason"))
    listed = rows.filter(~is_deleted) if withdrawn.height else rows
    others = listed.filter(~is_run()).select(
        pl.col("run_id").alias("key"), pl.col("sport_type").fill_null(UNNAMED_SPORT).alias("activity_type")
    )
    of_runs = listed.filter(is_run()) if others.height else listed
    parsed = of_runs.with_columns(
        parse_starts(of_runs["start_date"]).alias("datetime_utc"),
        _number("distance").alias("metres"),
        _number("elapsed_time").alias("seconds"),
        _number("average_heartrate").alias("heart_rate"),
    )
    # In whole days, so that a row means the same at every hour of one; the latest is never too late.
    latest = datetime.combine(today, time(), UTC) + LATEST_START_AHEAD
    sound = parsed.filter(is_sound(latest))
    rejects = parsed.filter(~is_sound(latest)) if sound.height < parsed.height else parsed.clear()
    return NormalizedBatch(
        runs=_runs(sound, gear_names, shoe_aliases),
        others=others,
        withdrawn=withdrawn,
        rejects=rejects.select(pl.col("run_id").alias("key"), explain(latest).alias("reason")),
    )


def _runs(sound: pl.DataFrame, gear_names: Mapping[str, str], aliases: Mapping[str, str]) -> pl.DataFrame:
    """Return the runs that rows without faults are."""
    return with_shoes(sound, gear_names, aliases).select(
        "run_id",
        "datetime_utc",
        run_type().alias("type"),
        (pl.col("metres") * MILES_PER_METRE).alias("distance"),
        pl.col("seconds").alias("duration"),
        pl.lit("Strava").alias("source"),
        possible_heart_rate(pl.col("heart_rate")).alias("avg_heart_rate"),
        "shoe_name",
        "shoe_id",
        pl.lit(value=False).alias("is_day_precision"),
    )


def _number(column: str) -> pl.Expr:
    """Return the number that a text is; null where it is none, or not finite."""
    number = pl.col(column).cast(pl.Float64, strict=False)
    # Minus zero equals zero, but is not written like it.
    return pl.when(number.is_finite()).then(number + 0.0)
