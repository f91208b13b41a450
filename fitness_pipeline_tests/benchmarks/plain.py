"""The baselines: the plain ways of doing the same."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import BaseModel, Field, field_validator

from fitness_pipeline.db.connection import AnyConnection

_RUN_COLUMNS = "id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id"
_HISTORY_COLUMNS = (
    "run_id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id, "
    "version_number, change_type, changed_by, change_reason"
)


def copy_both_tables(connection: AnyConnection, runs: pl.DataFrame) -> None:
    """COPY the runs and their first versions, knowing that none of them is there."""
    rows = runs.select(
        "run_id", "datetime_utc", "type", "distance", "duration", "source", "avg_heart_rate", "shoe_id"
    )
    versions = rows.with_columns(
        pl.lit(1).alias("version_number"),
        pl.lit("original").alias("change_type"),
        pl.lit("system").alias("changed_by"),
        pl.lit("Initial import").alias("change_reason"),
    )
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(f"copy runs ({_RUN_COLUMNS}) from stdin (format csv)") as copy:
            copy.write(rows.write_csv(include_header=False))
        with cursor.copy(f"copy runs_history ({_HISTORY_COLUMNS}) from stdin (format csv)") as copy:
            copy.write(versions.write_csv(include_header=False))


def executemany_both_tables(connection: AnyConnection, runs: list[tuple[Any, ...]]) -> None:
    """Upsert row by row, as most pipelines do."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            f"""
            insert into runs ({_RUN_COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (id) do update
               set (datetime_utc, type, distance, duration, avg_heart_rate, shoe_id)
                 = (excluded.datetime_utc, excluded.type, excluded.distance, excluded.duration,
                    excluded.avg_heart_rate, excluded.shoe_id)
             where (runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.avg_heart_rate,
                    runs.shoe_id)
                   is distinct from
                   (excluded.datetime_utc, excluded.type, excluded.distance, excluded.duration,
                    excluded.avg_heart_rate, excluded.shoe_id)
            """,
            runs,
        )
        cursor.executemany(
            f"""
            insert into runs_history ({_HISTORY_COLUMNS})
            values (%s, %s, %s, %s, %s, %s, %s, %s, 1, 'original', 'system', 'Initial import')
            on conflict (run_id, version_number) do nothing
            """,
            runs,
        )


class WorkoutRow(BaseModel):
    """A row of an export as a careful model of it would be written."""

    date_submitted: str = Field(alias="Date Submitted")
    workout_date: datetime = Field(alias="Workout Date")
    activity_type: str = Field(alias="Activity Type")
    calories: float | None = Field(alias="Calories Burned (kCal)")
    distance: float | None = Field(alias="Distance (mi)", ge=0)
    seconds: float = Field(alias="Workout Time (seconds)", ge=0)
    avg_pace: float | None = Field(alias="Avg Pace (min/mi)")
    max_pace: float | None = Field(alias="Max Pace (min/mi)")
    avg_speed: float | None = Field(alias="Avg Speed (mi/h)")
    max_speed: float | None = Field(alias="Max Speed (mi/h)")
    avg_heart_rate: float | None = Field(alias="Avg Heart Rate")
    steps: float | None = Field(alias="Steps")
    notes: str = Field(alias="Notes")
    source: str = Field(alias="Source")
    link: str = Field(alias="Link", pattern=r"/workout/\d+")

    @field_validator("workout_date", mode="before")
    @classmethod
    def _date(cls, text: str) -> datetime:
        month, day, year = text.replace(",", "").split()
        return datetime.strptime(f"{month[:3]} {day} {year}", "%b %d %Y")  # noqa: DTZ007 - a day, no instant

    @field_validator(
        "calories",
        "distance",
        "avg_pace",
        "max_pace",
        "avg_speed",
        "max_speed",
        "avg_heart_rate",
        "steps",
        mode="before",
    )
    @classmethod
    def _number(cls, text: str) -> str | None:
        return text.replace(",", "") or None


def read_with_models(path: Path) -> int:
    """Read an export with csv.DictReader and a pydantic model for each row; return how many rows."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return len([WorkoutRow.model_validate(row) for row in csv.DictReader(file)])
