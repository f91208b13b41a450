"""What must hold of `runs` at all times, as queries for what breaks it."""

from dataclasses import dataclass

from psycopg.rows import tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import query


@dataclass(frozen=True, slots=True)
class Violations:
    """Runs that break a rule.

    Attributes:
        count: how many.
        examples: ids of a few of them.
    """

    count: int
    examples: list[str]


def runs_unlike_their_newest_version(*, conn: AnyConnection | None = None) -> Violations:
    """Return the runs whose version is not the newest history row, or that differ from it.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    return _violations("runs_unlike_their_newest_version", conn)


def runs_with_foreign_ids(*, conn: AnyConnection | None = None) -> Violations:
    """Return the runs whose id does not begin as those of their source do.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    return _violations("runs_with_foreign_ids", conn)


def runs_with_impossible_values(*, conn: AnyConnection | None = None) -> Violations:
    """Return the runs with a start or a heart rate that cannot be.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    return _violations("runs_with_impossible_values", conn)


def _violations(name: str, conn: AnyConnection | None) -> Violations:
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        ids = [row[0] for row in cursor.execute(query(name))]
    return Violations(len(ids), ids[:5])
