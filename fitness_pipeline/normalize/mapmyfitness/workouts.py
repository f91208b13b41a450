"""Workouts to runs: which rows are runs, what they say, and which of them cannot be understood."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from fitness_pipeline.models import MILES_PER_KILOMETRE
from fitness_pipeline.normalize.batch import NormalizedBatch, nothing_withdrawn
from fitness_pipeline.normalize.heart_rates import possible_heart_rate
from fitness_pipeline.normalize.mapmyfitness.activity_types import run_type
from fitness_pipeline.normalize.mapmyfitness.dates import noons_utc, parse_dates
from fitness_pipeline.normalize.mapmyfitness.distinct import map_distinct
from fitness_pipeline.normalize.mapmyfitness.faults import explain, is_sound
from fitness_pipeline.normalize.mapmyfitness.numbers import parse_numbers
from fitness_pipeline.normalize.mapmyfitness.shoes import with_shoes
from fitness_pipeline.settings import time_zone

RULES_VERSION: int = 2
"""Raised when the same rows would give other runs; everything is then recomputed from raw."""

_JUDGED = ("workout_date", "distance", "workout_time")
_USED = ("workout_key", *_JUDGED, "avg_heart_rate", "notes", "unit")


def normalize_workouts(
    rows: pl.DataFrame, *, default_time_zone: str, shoe_aliases: Mapping[str, str], today: date
) -> NormalizedBatch:
    """Turn rows of MapMyFitness exports into runs.

    Args:
        rows: `workout_key`, the cells as in the file (strings without nulls, see the provider's
            `CELL_COLUMNS`), `unit` ('mi' or 'km', what that row's distance is in) and `time_zone` (an IANA
            name, or null for the default).
        default_time_zone: where the runner lives, unless a row says otherwise.
        shoe_aliases: `identity.shoe_id` of a spelling to the shoe's chosen name.
        today: rows later than the day after it are rejected; one day more is today elsewhere.

    Returns:
        The runs (of which the export gives the day; noon stands for the unknown hour), the workouts that
        are not runs, and the rejects with their reasons. An export cannot tell what was deleted, so nothing
        is withdrawn.

    Raises:
        UnknownTimeZone: a zone is not in the IANA list.
    """
    types = map_distinct(rows["activity_type"], run_type, pl.String())
    others = rows.filter(types.is_null()).select(pl.col("workout_key").alias("key"), "activity_type")
    of_runs = rows.select(
        *_USED, pl.col("time_zone").cast(pl.String).fill_null(default_time_zone), types.alias("type")
    )
    parsed = _parsed(of_runs.filter(types.is_not_null()))
    latest = today + timedelta(days=1)
    rejects = parsed.filter(~is_sound(latest)).select(
        pl.col("workout_key").alias("key"), explain(latest).alias("reason")
    )
    runs = _runs(parsed.filter(is_sound(latest)), shoe_aliases)
    return NormalizedBatch(runs, others, nothing_withdrawn(), rejects)


def doubtful_rows(rows: pl.DataFrame, *, today: date) -> list[int]:
    """Return the numbers of all rows that `normalize_workouts` may reject, and of hardly any other.

    Args:
        rows: `row_number`, `workout_date`, `activity_type`, `distance` and `workout_time` of an export.
        today: rows later than this are doubtful; they may be rejected later.
    """
    types = map_distinct(rows["activity_type"], run_type, pl.String())
    of_runs = rows.select("row_number", *_JUDGED).filter(types.is_not_null())
    return _parsed(of_runs).filter(~is_sound(today))["row_number"].to_list()


def _parsed(rows: pl.DataFrame) -> pl.DataFrame:
    """Add what the cells say that a run needs: `day`, `parsed_distance` and `parsed_time`."""
    return rows.with_columns(
        parse_dates(rows["workout_date"]).alias("day"),
        parse_numbers(rows["distance"]).alias("parsed_distance"),
        parse_numbers(rows["workout_time"]).alias("parsed_time"),
    )


def _runs(sound: pl.DataFrame, shoe_aliases: Mapping[str, str]) -> pl.DataFrame:
    """Return the runs that rows without faults are."""
    sound = sound.with_columns(parse_numbers(sound["avg_heart_rate"]).alias("parsed_heart_rate"))
    in_kilometres = pl.col("unit") == "km"
    distance = pl.col("parsed_distance")
    return with_shoes(sound, shoe_aliases).select(
        pl.col("workout_key").alias("run_id"),
        _noons(sound).alias("datetime_utc"),
        "type",
        pl.when(in_kilometres).then(distance * MILES_PER_KILOMETRE).otherwise(distance).alias("distance"),
        pl.col("parsed_time").alias("duration"),
        pl.lit("MapMyFitness").alias("source"),
        possible_heart_rate(pl.col("parsed_heart_rate")).alias("avg_heart_rate"),
        "shoe_name",
        "shoe_id",
        pl.lit(value=True).alias("is_day_precision"),
    )


def _noons(rows: pl.DataFrame) -> pl.Series:
    """Return noon of each row's `day` in its `time_zone`, as an instant."""
    noons = pl.Series([None], dtype=pl.Datetime("us", "UTC")).new_from_index(0, rows.height)
    for zone in rows["time_zone"].unique():
        in_zone = rows["time_zone"] == zone
        noons = noons_utc(rows["day"], time_zone(zone)).zip_with(in_zone, noons)
    return noons
