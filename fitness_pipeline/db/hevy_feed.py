"""The table `raw.hevy_feed`: what stood at the top of the feed of events when it was last read to its end."""

from collections.abc import Sequence

from psycopg.rows import scalar_row

from fitness_pipeline.db.connection import AnyConnection, reading


def find_feed_top(*, conn: AnyConnection | None = None) -> list[bytes]:
    """Return the SHA-256 of each event that was on the first page, newest first.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute("select top_digests from raw.hevy_feed").fetchone() or []


def record_feed_top(connection: AnyConnection, digests: Sequence[bytes]) -> None:
    """Record what was on the first page, in the transaction that applies all events.

    Args:
        connection: in that transaction.
        digests: the SHA-256 of each event on it, newest first.
    """
    if find_feed_top(conn=connection) == list(digests):
        return
    connection.execute(
        """
        insert into raw.hevy_feed (top_digests) values (%s::bytea[])
        on conflict (is_only_row) do update set top_digests = excluded.top_digests
        """,
        [list(digests)],
    )
