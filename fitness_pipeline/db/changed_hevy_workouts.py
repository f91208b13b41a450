"""What normalizing reads of `raw.hevy_workouts`: the texts that a lift is told by."""

from typing import TYPE_CHECKING

from psycopg import sql

from fitness_pipeline.db.bulk import copied_frames
from fitness_pipeline.db.connection import AnyConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


def changed_workouts(connection: AnyConnection, since: int) -> "Iterator[pl.DataFrame]":
    """Read what normalizing needs of the workouts that changed since a change id.

    Args:
        connection: in a transaction.
        since: the last change id that was read; 0 reads all rows.

    Yields:
        Frames of workout_id, title, description, start_time, end_time (text as in JSON, null where it is
        absent or null) and is_deleted (text, `t` or `f`).
    """
    import polars as pl  # here, so that loading the definitions stays fast

    columns = ("workout_id", "title", "description", "start_time", "end_time", "is_deleted")
    select = sql.SQL(
        """
        select workout_id, title, description, start_time, end_time, upstream_deleted_at is not null
        from raw.hevy_workouts
        where change_id > {}
        """
    ).format(sql.Literal(since))
    return copied_frames(connection, select, dict.fromkeys(columns, pl.String))
