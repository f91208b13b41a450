"""Rows of activities as the database hands them over, for the tests."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from fitness_pipeline.normalize.batch import NormalizedBatch
from fitness_pipeline.normalize.strava.activities import normalize_activities

COLUMNS = (
    "run_id",
    "start_date",
    "sport_type",
    "trainer",
    "distance",
    "elapsed_time",
    "average_heartrate",
    "gear_id",
    "is_deleted",
)
TODAY = date(2026, 11, 23)


def row(**given: str | None) -> dict[str, str | None]:
    """A run of five miles on a Sunday, but for what is given."""
    return {
        "run_id": "strava_1",
        "start_date": "2026-11-15 13:57:49+00",
        "sport_type": "Run",
        "trainer": "false",
        "distance": "8046.72",
        "elapsed_time": "2700",
        "average_heartrate": None,
        "gear_id": None,
        "is_deleted": "f",
        **given,
    }


def normalize(*rows: Mapping[str, str | None], **options: Any) -> NormalizedBatch:
    """What becomes of rows, without gear or aliases, on a day in 2026."""
    usual: dict[str, Any] = {"gear_names": {}, "shoe_aliases": {}, "today": TODAY}
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))
    return normalize_activities(frame, **{**usual, **options})


def the_run(*, options: Mapping[str, Any] | None = None, **given: str | None) -> dict[str, Any]:
    """The run that one row becomes."""
    normalized = normalize(row(**given), **(options or {}))
    assert normalized.rejects.is_empty(), normalized.rejects["reason"][0]
    return normalized.runs.row(0, named=True)


def the_reason(**given: str | None) -> str:
    """Why one row is rejected."""
    normalized = normalize(row(**given))
    assert normalized.runs.is_empty()
    return str(normalized.rejects["reason"].item())
