"""The key of a row: the id of its workout, so that the same workout has it in every export."""

import polars as pl

from fitness_pipeline.identity import mmf_fallback_run_id
from fitness_pipeline.normalize.mapmyfitness.dates import parse_dates
from fitness_pipeline.normalize.mapmyfitness.numbers import parse_numbers


def with_workout_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the key of each row: `identity.mmf_run_id` of its link, else `identity.mmf_fallback_run_id`.

    Args:
        rows: at least `workout_date`, `activity_type`, `workout_time` and `link` (strings without nulls, the
            cells of an export).

    Returns:
        The rows with a column `workout_key` (String, never null). Rows may share a key: an export can
        contain a workout twice.
    """
    linked = rows.select(workout_id=pl.col("link").str.extract(r"/workout/([0-9]+)")).to_series()
    keys = "mmf_" + linked
    without_id = linked.is_null()
    if without_id.any():
        fallbacks = _fallback_keys(rows.filter(without_id))
        keys = keys.scatter(without_id.arg_true(), fallbacks)
    return rows.with_columns(keys.alias("workout_key"))


def _fallback_keys(rows: pl.DataFrame) -> list[str]:
    days = parse_dates(rows["workout_date"])
    seconds = parse_numbers(rows["workout_time"])
    facts = zip(days, rows["workout_date"], rows["activity_type"], seconds, rows["workout_time"], strict=True)
    return [
        mmf_fallback_run_id(
            day_text if day is None else day, activity_type, time_text if duration is None else duration
        )
        for day, day_text, activity_type, duration, time_text in facts
    ]
