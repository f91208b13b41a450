"""How much is in the tables, for the status page."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Row counts of the tables that people ask about."""

    runs: int
    deleted_runs: int
    edited_runs: int
    shoes: int
    lifts: int
    versions: int
    calendar_events: int
    open_rejects: int
    open_conflicts: int


def get_overview(*, conn: AnyConnection | None = None) -> Overview:
    """Return the counts.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Overview)) as cursor:
        (overview,) = cursor.execute(
            """
            select (select count(*) from runs where deleted_at is null) as runs,
                   (select count(*) from runs where deleted_at is not null) as deleted_runs,
                   (select count(*) from runs
                     where last_edited_at is not null and deleted_at is null) as edited_runs,
                   (select count(*) from shoes where deleted_at is null) as shoes,
                   (select count(*) from lifts where deleted_at is null) as lifts,
                   (select count(*) from runs_history) as versions,
                   (select count(*) from synced_runs where sync_status = 'synced') as calendar_events,
                   (select count(*) from raw.rejects
                     where resolved_at is null and dismissed_at is null) as open_rejects,
                   (select count(*) from normalized.conflicts where settled_at is null) as open_conflicts
            """
        ).fetchall()
    return overview


def get_watermarks(*, conn: AnyConnection | None = None) -> dict[str, datetime]:
    """Return each provider's watermark.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("select provider, last_synced_at from sync_metadata order by provider")
        return dict(rows)
