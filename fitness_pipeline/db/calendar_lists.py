"""What the calendar holds: rows of `synced_runs`, in pages or of one run, and the event of a run."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row

from fitness_pipeline.calendar.known_event import EventState
from fitness_pipeline.db.connection import AnyConnection, reading

SyncStatus = Literal["synced", "failed", "pending"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedRun:
    """A row of `synced_runs`.

    Attributes:
        run_version: which version of the run the event tells of.
        synced_at: when the event was last written; None if it never was.
        error_message: what is wrong, when it failed.
    """

    id: int
    run_id: str
    run_version: int
    google_event_id: str
    synced_at: datetime | None
    sync_status: SyncStatus
    error_message: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestEvent:
    """The event that stands for a run.

    Attributes:
        state: what Google holds, as far as is known.
        is_declined: whether the runner does not want it.
        error: what is wrong with it, if anything.
    """

    state: EventState
    is_declined: bool
    error: str | None


_COLUMNS = ", ".join(SyncedRun.__dataclass_fields__)


def list_synced_runs(
    *,
    status: SyncStatus | None = None,
    after: int | None = None,
    limit: int,
    conn: AnyConnection | None = None,
) -> list[SyncedRun]:
    """Return rows in the order of their ids, which is that in which runs first came to the calendar.

    Args:
        status: only those of this status; None for all.
        after: the id of the row behind which the page begins; None begins with the first.
        limit: at most so many.
        conn: the caller's connection, to take part in its transaction.
    """
    condition = "" if status is None else "and sync_status = %(status)s"
    statement = f"""
        select {_COLUMNS} from synced_runs where id > %(after)s {condition} order by id limit %(limit)s
    """  # noqa: S608 - the columns and the condition are constants
    parameters = {"status": status, "after": after or 0, "limit": limit}
    with reading(conn) as connection, connection.cursor(row_factory=class_row(SyncedRun)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def find_synced_run(run_id: str, *, conn: AnyConnection | None = None) -> SyncedRun | None:
    """Return what the calendar holds of a run, or None if that is nothing.

    Args:
        run_id: the run.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"select {_COLUMNS} from synced_runs where run_id = %s"  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(SyncedRun)) as cursor:
        return cursor.execute(statement, [run_id]).fetchone()


def find_newest_event(run_id: str, *, conn: AnyConnection | None = None) -> NewestEvent | None:
    """Return the event that stands for a run, or None if there never was to be one.

    Args:
        run_id: the run.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(NewestEvent)) as cursor:
        return cursor.execute(
            """
            select state, is_declined, error from normalized.calendar_events
            where run_id = %s order by generation desc limit 1
            """,
            [run_id],
        ).fetchone()


def was_ever_synced(run_id: str, *, conn: AnyConnection | None = None) -> bool:
    """Return whether a run is or was on the calendar, or was tried to be brought there.

    Args:
        run_id: the run.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        found = connection.execute(
            """
            select from synced_runs where run_id = %(run_id)s
            union all
            select from normalized.calendar_events where run_id = %(run_id)s and state <> 'absent'
            """,
            {"run_id": run_id},
        )
        return bool(found.rowcount)
