"""Applies STRAVA_RAW_RETENTION_DAYS to what Strava sent."""

from datetime import datetime

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.strava_retention import empty_old_payloads
from fitness_pipeline.settings import Settings


def apply_strava_retention(settings: Settings, *, now: datetime, conn: AnyConnection | None = None) -> int:
    """Empty what is older than the settings allow; by default they let everything be kept.

    Args:
        settings: for how many days payloads may be kept.
        now: an instant.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        How many activities were emptied.
    """
    if settings.strava_raw_retention_days is None:
        return 0
    return empty_old_payloads(settings.strava_raw_retention_days, now=now, conn=conn)
