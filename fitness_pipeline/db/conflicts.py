"""The table `normalized.conflicts`: fields that both the runner and a provider changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An open conflict: the runner's value stands, the provider's waits.

    Attributes:
        base_value: what both had before, as JSON has it.
        upstream_value: what the provider says.
        current_value: what the runner says.
    """

    conflict_id: int
    run_id: str
    field: str
    provider: str
    base_value: Any
    upstream_value: Any
    current_value: Any
    detected_at: datetime


def get_open_conflicts(*, conn: AnyConnection | None = None) -> list[Conflict]:
    """Return the conflicts that are not settled, newest first.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Conflict)) as cursor:
        return cursor.execute(
            """
            select conflict_id, run_id, field, provider, base_value, upstream_value, current_value,
                   detected_at
            from normalized.conflicts where settled_at is null order by detected_at desc, conflict_id desc
            """
        ).fetchall()
