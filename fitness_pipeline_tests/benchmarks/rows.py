"""Rows for the benchmarks: normalized runs as a frame, and the same as plain tuples."""

from datetime import UTC, datetime
from typing import Any

import polars as pl

NO_OTHERS = pl.DataFrame(schema={"key": pl.String, "activity_type": pl.String})
NO_REJECTS = pl.DataFrame(schema={"key": pl.String, "reason": pl.String})

_START = datetime(2005, 1, 1, 18, tzinfo=UTC)


def normalized_runs(count: int, first_number: int = 0) -> pl.DataFrame:
    """Return runs as normalizing gives them, with ids that do not come in order."""
    number = pl.col("number")
    return pl.DataFrame({"number": pl.int_range(first_number, first_number + count, eager=True)}).select(
        pl.format("mmf_{}", number * 2_654_435_761 % 10_000_000_019).alias("run_id"),
        (pl.lit(_START) + pl.duration(hours=number % 160_000)).alias("datetime_utc"),
        pl.lit("Outdoor Run").alias("type"),
        (3 + number % 1000 / 100).alias("distance"),
        (1500.0 + number % 3000).alias("duration"),
        pl.lit("MapMyFitness").alias("source"),
        (120.0 + number % 60).alias("avg_heart_rate"),
        pl.format("Shoe {}", number % 10).alias("shoe_name"),
        pl.format("shoe_{}", number % 10).alias("shoe_id"),
        pl.lit(value=True).alias("is_day_precision"),
    )


def run_tuples(runs: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Return id, datetime_utc, type, distance, duration, source, avg_heart_rate and shoe_id of each run."""
    return runs.select(
        "run_id", "datetime_utc", "type", "distance", "duration", "source", "avg_heart_rate", "shoe_id"
    ).rows()
