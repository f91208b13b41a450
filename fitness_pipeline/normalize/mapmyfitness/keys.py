"""The key of a row: the id of its workout, so that the same workout has it in every export."""

import polars as pl

from fitness_pipeline.identity import mmf_fallback_run_id
from fitness_pipeline.normalize.mapmyfitness.dates import parse_dates
from fitness_pipeline.normalize.mapmyfitness.numbers import parse_numbers

_PATH = "/workout/"


def with_workout_keys(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the key of each row: `identity.mmf_run_id` of its link, else `identity.mmf_fallback_run_id`.

    Args:
        rows: at least `workout_date`, `activity_type`, `workout_time` and `link` (strings without nulls, the
            cells of an export).

    Returns:
        The rows with a column `workout_key` (String, never null). Rows may share a key: an export can
        contain a workout twice.
    """
    ids = _workout_ids(rows["link"])
    keys = "mmf_" + ids
    without_id = ids.is_null()
    if without_id.any():
        keys = keys.scatter(without_id.arg_true(), _fallback_keys(rows.filter(without_id)))
    return rows.with_columns(keys.alias("workout_key"))


def _workout_ids(links: pl.Series) -> pl.Series:
    """Return the digits after the first `/workout/` that has digits after it, null where there are none."""
    rest = links.str.splitn(_PATH, 2).struct.field("field_1")
    # Nearly all links end with the id, and seeing that is several times faster than capturing it.
    ends_with_id = rest.str.contains("^[0-9]+$").fill_null(value=False)
    if ends_with_id.all():
        return rest
    return rest.zip_with(ends_with_id, links.str.extract(_PATH + "([0-9]+)"))


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
