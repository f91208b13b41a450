"""Rows of exports as the database hands them over, for the tests."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from fitness_pipeline.normalize.batch import NormalizedBatch
from fitness_pipeline.normalize.mapmyfitness.keys import with_workout_keys
from fitness_pipeline.normalize.mapmyfitness.workouts import normalize_workouts

CELLS = (
    "date_submitted",
    "workout_date",
    "activity_type",
    "calories_burned",
    "distance",
    "workout_time",
    "avg_pace",
    "max_pace",
    "avg_speed",
    "max_speed",
    "avg_heart_rate",
    "steps",
    "notes",
    "source",
    "link",
)
TODAY = date(2026, 1, 15)


def row(**given: str | None) -> dict[str, str | None]:
    """A run of five miles on a summer's day in Chicago, but for what is given."""
    return {
        **dict.fromkeys(CELLS, ""),
        "date_submitted": "Aug. 2, 2024",
        "workout_date": "Aug. 2, 2024",
        "activity_type": "Run",
        "distance": "5.0",
        "workout_time": "2700",
        "link": "http://www.mapmyfitness.com/workout/1",
        "unit": "mi",
        "time_zone": None,
        **given,
    }


def with_keys(*rows: Mapping[str, str | None]) -> pl.DataFrame:
    """Rows with their keys."""
    return with_workout_keys(
        pl.DataFrame(rows, schema=dict.fromkeys((*CELLS, "unit", "time_zone"), pl.String))
    )


def normalize(*rows: Mapping[str, str | None], **options: Any) -> NormalizedBatch:
    """What becomes of rows in Chicago, without aliases, on a day in 2026."""
    usual = {"default_time_zone": "America/Chicago", "shoe_aliases": {}, "today": TODAY}
    return normalize_workouts(with_keys(*rows), **{**usual, **options})


def the_run(**given: str | None) -> dict[str, Any]:
    """The run that one row becomes."""
    normalized = normalize(row(**given))
    assert normalized.rejects.is_empty(), normalized.rejects["reason"][0]
    return normalized.runs.row(0, named=True)


def the_reason(**given: str | None) -> str:
    """Why one row is rejected."""
    normalized = normalize(row(**given))
    assert normalized.runs.is_empty()
    return str(normalized.rejects["reason"].item())
