"""The table `raw.hevy_feed`: what Hevy said last of all workouts, at the top of its feed and by its count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from fitness_pipeline.db.connection import AnyConnection, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class CountComparison:
    """Hevy's count of workouts beside our own.

    Attributes:
        at_hevy: by Hevy's count.
        here: what was stored then, and what could not be stored.
        compared_at: when that was.
    """

    at_hevy: int
    here: int
    compared_at: datetime

    @property
    def differs(self) -> bool:
        """Whether something was missing, or too much."""
        return self.at_hevy != self.here


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


def find_last_comparison(*, conn: AnyConnection | None = None) -> CountComparison | None:
    """Return the counts that were compared last, or None before the first time.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(CountComparison)) as cursor:
        return cursor.execute(
            """
            select count_at_hevy as at_hevy, count_here as here, counted_at as compared_at
            from raw.hevy_feed
            where counted_at is not null
            """
        ).fetchone()


def record_comparison(connection: AnyConnection, comparison: CountComparison) -> None:
    """Record counts that were compared.

    Args:
        connection: in the transaction that counted.
        comparison: what came of it.
    """
    connection.execute(
        """
        insert into raw.hevy_feed (count_at_hevy, count_here, counted_at) values (%s, %s, %s)
        on conflict (is_only_row) do update
           set (count_at_hevy, count_here, counted_at)
             = (excluded.count_at_hevy, excluded.count_here, excluded.counted_at)
        """,
        [comparison.at_hevy, comparison.here, comparison.compared_at],
    )
