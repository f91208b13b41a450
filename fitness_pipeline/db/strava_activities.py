"""The table `raw.strava_activities`: the newest row of each activity, as Strava sent it."""

from typing import TYPE_CHECKING

from psycopg import sql

from fitness_pipeline.db.bulk import copied_frames
from fitness_pipeline.db.connection import AnyConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


def changed_activities(connection: AnyConnection, since: int) -> "Iterator[pl.DataFrame]":
    """Read what normalizing needs of the activities that changed since a change id.

    Args:
        connection: in a transaction.
        since: the last change id that was read; 0 reads all rows.

    Yields:
        Frames of run_id (`strava_...`), start_date (text, ISO 8601 in UTC: `2026-11-15 13:57:49+00`),
        sport_type, trainer, distance (metres), elapsed_time (seconds), average_heartrate and gear_id (text as
        in JSON, null where it is absent or null), and is_deleted (text, `t` or `f`). Emptied rows are not in
        it unless they are deleted.
    """
    import polars as pl  # here, so that loading the definitions stays fast

    columns = (
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
    select = sql.SQL(
        """
        select 'strava_' || activity_id, start_date, sport_type, trainer, distance, elapsed_time,
               average_heartrate, gear_id, upstream_deleted_at is not null
        from raw.strava_activities
        where change_id > {} and (payload is not null or upstream_deleted_at is not null)
        """
    ).format(sql.Literal(since))
    return copied_frames(connection, select, dict.fromkeys(columns, pl.String))
