"""The table `sync_metadata`: how far each provider was read completely."""

from datetime import datetime

from psycopg.rows import tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.errors import InvalidValue


def get_last_sync_time(provider: str, *, conn: AnyConnection | None = None) -> datetime | None:
    """Return the provider's watermark, or None before its first complete read.

    Args:
        provider: `strava`, `mmf`, `hevy` or `google`.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "select last_synced_at from sync_metadata where provider = %s", [provider]
        ).fetchone()
    return row[0] if row else None


def update_last_sync_time(provider: str, at: datetime, *, conn: AnyConnection | None = None) -> None:
    """Move the provider's watermark forward; an earlier time leaves it where it is.

    Args:
        provider: `strava`, `mmf`, `hevy` or `google`.
        at: the instant up to which everything was read.
        conn: the caller's connection, so that the watermark is committed with the rows.

    Raises:
        InvalidValue: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise InvalidValue("A watermark is an instant: give it a time zone.")
    with transaction(conn) as connection:
        connection.execute(
            """
            insert into sync_metadata as known (provider, last_synced_at) values (%s, %s)
            on conflict (provider) do update set last_synced_at = excluded.last_synced_at
            where known.last_synced_at < excluded.last_synced_at
            """,
            [provider, at],
        )


def forget_last_sync_time(provider: str, *, conn: AnyConnection | None = None) -> None:
    """Forget the provider's watermark: the next sync reads everything.

    Args:
        provider: such as `strava`.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute("delete from sync_metadata where provider = %s", [provider])
