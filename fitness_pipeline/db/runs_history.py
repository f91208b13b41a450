"""The table `runs_history`: every version of every run; and how a person makes the next one."""

from collections.abc import Mapping
from typing import Any

from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.run_changes import Signature, delete_run, edit_run, restore_run
from fitness_pipeline.models import Run, RunVersion

_COLUMNS = (
    "history_id, run_id, version_number, change_type, datetime_utc, type, distance, duration, source, "
    "avg_heart_rate, shoe_id, changed_at, changed_by, change_reason"
)


def get_run_history(
    run_id: str, limit: int | None = None, *, before: int | None = None, conn: AnyConnection | None = None
) -> list[RunVersion]:
    """Return a run's versions, newest first.

    Args:
        run_id: the run's id.
        limit: at most so many; None returns all.
        before: only versions older than this one; None begins with the newest.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from runs_history
        where run_id = %(run_id)s and (%(before)s::numeric is null or version_number < %(before)s::numeric)
        order by version_number desc limit %(limit)s
    """  # noqa: S608 - the columns are a constant
    parameters = {"run_id": run_id, "before": before, "limit": limit}
    with reading(conn) as connection, connection.cursor(row_factory=class_row(RunVersion)) as cursor:
        return cursor.execute(statement, parameters).fetchall()


def get_run_version(
    run_id: str, version_number: int, *, conn: AnyConnection | None = None
) -> RunVersion | None:
    """Return one version of a run, or None when there is no such version.

    Args:
        run_id: the run's id.
        version_number: 1 is the original.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from runs_history where run_id = %s and version_number = %s
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(RunVersion)) as cursor:
        return cursor.execute(statement, [run_id, version_number]).fetchone()


def get_latest_version_number(run_id: str, *, conn: AnyConnection | None = None) -> int | None:
    """Return the number of a run's newest version, or None when there is no such run.

    Args:
        run_id: the run's id.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "select max(version_number) from runs_history where run_id = %s", [run_id]
        ).fetchone()
    return row[0] if row else None


def update_run_with_history(
    run_id: str,
    updates: Mapping[str, Any],
    changed_by: str,
    change_reason: str | None = None,
    *,
    conn: AnyConnection | None = None,
) -> Run:
    """Edit a run and record the new version; an edit that changes nothing writes nothing.

    Args:
        run_id: the run's id.
        updates: field to new value, see `run_changes.edit_run`.
        changed_by: who edits.
        change_reason: why.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The run as it is now.

    Raises:
        RunNotFound: no such run, or it is deleted.
        NotEditable: a field may not be edited, such as `source`.
        InvalidValue: a value is impossible, or there is no field at all.
        ShoeNotFound: the shoe does not exist or is deleted.
    """
    signature = Signature(changed_by=changed_by, change_reason=change_reason)
    return edit_run(run_id, updates, signature, conn=conn).run


def restore_run_version(
    run_id: str,
    version_number: int,
    changed_by: str,
    change_reason: str | None = None,
    *,
    conn: AnyConnection | None = None,
) -> Run:
    """Give a run the values of an older version, as a new version; a deleted run comes back.

    Args:
        run_id: the run's id.
        version_number: the version to take the values from.
        changed_by: who restores.
        change_reason: why; without one it is `Restored to version N`.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The run as it is now.

    Raises:
        RunNotFound: no such run.
        VersionNotFound: it has no such version.
        ShoeNotFound: that version's shoe is gone for good.
    """
    signature = Signature(changed_by=changed_by, change_reason=change_reason)
    return restore_run(run_id, version_number, signature, conn=conn).run


def soft_delete_run(
    run_id: str,
    changed_by: str,
    change_reason: str | None = None,
    *,
    conn: AnyConnection | None = None,
) -> Run:
    """Delete a run softly: it counts nowhere any more, and can be restored. Deleting twice is deleting once.

    Args:
        run_id: the run's id.
        changed_by: who deletes.
        change_reason: why.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The run as it is now.

    Raises:
        RunNotFound: no such run.
    """
    signature = Signature(changed_by=changed_by, change_reason=change_reason)
    return delete_run(run_id, signature, conn=conn).run
