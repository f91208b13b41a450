"""What a batch of raw rows became: the same frames whichever provider they came from."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class NormalizedBatch:
    """Normalized rows; each raw row is in exactly one of the four, in the order given.

    The key of a row is the id of the run that it is, or would be.

    Attributes:
        runs: run_id, datetime_utc (Datetime, UTC), type, distance (miles), duration (seconds), source,
            avg_heart_rate (beats a minute or null), shoe_name and shoe_id (or null), is_day_precision
            (whether only the day is known).
        others: key and activity_type of rows that are no runs.
        withdrawn: run_id and reason of what the provider does not have any more.
        rejects: key and reason of rows that should be runs and could not be understood.
    """

    runs: pl.DataFrame
    others: pl.DataFrame
    withdrawn: pl.DataFrame
    rejects: pl.DataFrame


def nothing_withdrawn() -> pl.DataFrame:
    """Return the frame `withdrawn` without a row."""
    return pl.DataFrame(schema={"run_id": pl.String, "reason": pl.String})
