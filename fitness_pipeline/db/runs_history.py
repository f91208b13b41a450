"""The table `runs_history`, and every change of a run that a person makes: one change, one version."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, get_args

from psycopg import sql
from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.queries import fetch_value, query
from fitness_pipeline.db.runs import COLUMNS as RUN_COLUMNS
from fitness_pipeline.db.shoes import get_shoe_by_id, no_such_shoe
from fitness_pipeline.errors import InvalidValue, NotEditable, RunNotFound, VersionNotFound
from fitness_pipeline.models import EARLIEST_START, LATEST_START_AHEAD, ChangeType, Run, RunType, RunVersion

EDITABLE_FIELDS = ("distance", "duration", "avg_heart_rate", "type", "shoe_id", "datetime_utc")
HEART_RATES = (20.0, 250.0)

# What providers sign their changes with. A merge relies on it to tell their deletions from the runner's.
PROVIDERS = ("mmf", "strava", "hevy")

_COLUMNS = (
    "history_id, run_id, version_number, change_type, datetime_utc, type, distance, duration, source, "
    "avg_heart_rate, shoe_id, changed_at, changed_by, change_reason"
)


def get_run_history(
    run_id: str, limit: int | None = None, *, conn: AnyConnection | None = None
) -> list[RunVersion]:
    """Return a run's versions, newest first.

    Args:
        run_id: the run's id.
        limit: at most so many; None returns all.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from runs_history where run_id = %s order by version_number desc limit %s
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(RunVersion)) as cursor:
        return cursor.execute(statement, [run_id, limit]).fetchall()


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
        updates: field to new value, of `EDITABLE_FIELDS` (distance in miles, duration in seconds, heart
            rate in beats a minute; None clears heart rate or shoe).
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
    values = _checked(updates)
    with transaction(conn) as connection:
        run = _locked(connection, run_id)
        if run.deleted_at is not None:
            raise RunNotFound(f"The run {run_id} is deleted. Restore one of its versions first.")
        if values.get("shoe_id") is not None:
            _require_shoe(connection, values["shoe_id"])
        return _changed(connection, run, values, "edit", changed_by, change_reason)


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
    with transaction(conn) as connection:
        run = _locked(connection, run_id)
        version = get_run_version(run_id, version_number, conn=connection)
        if version is None:
            raise VersionNotFound(
                f"The run {run_id} has no version {version_number}; its newest is {run.version}."
            )
        if version.shoe_id is not None and get_shoe_by_id(version.shoe_id, conn=connection) is None:
            raise no_such_shoe(version.shoe_id)
        values = {field: getattr(version, field) for field in EDITABLE_FIELDS} | {"deleted_at": None}
        reason = change_reason or f"Restored to version {version_number}"
        return _changed(connection, run, values, "edit", changed_by, reason)


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
    with transaction(conn) as connection:
        run = _locked(connection, run_id)
        if run.deleted_at is not None:
            return run
        values = {"deleted_at": fetch_value(connection, "select now()")}
        return _changed(connection, run, values, "deletion", changed_by, change_reason)


def _locked(connection: AnyConnection, run_id: str) -> Run:
    """Return the run with its row locked, so that nobody else changes it before this transaction ends."""
    statement = f"select {RUN_COLUMNS} from runs where id = %s for update"  # noqa: S608 - a constant
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        run = cursor.execute(statement, [run_id]).fetchone()
    if run is None:
        raise RunNotFound(f"There is no run {run_id!r}. Run ids look like mmf_8622076198.")
    return run


def _changed(
    connection: AnyConnection,
    run: Run,
    values: Mapping[str, Any],
    change_type: ChangeType,
    changed_by: str,
    change_reason: str | None,
) -> Run:
    """Write what differs and record it as the next version; return the run as it is then."""
    if not changed_by or changed_by in PROVIDERS:
        raise InvalidValue(f"changed_by must tell which person changes the run; not {changed_by!r}.")
    different = {field: value for field, value in values.items() if getattr(run, field) != value}
    if not different:
        return run
    assignments = [
        sql.SQL("{} = {}").format(sql.Identifier(field), sql.Placeholder(field)) for field in different
    ]
    statement = sql.SQL(
        "update runs set {}, version = version + 1, last_edited_at = now(), last_edited_by = %(changed_by)s"
        " where id = %(run_id)s returning {}"
    ).format(sql.SQL(", ").join(assignments), sql.SQL(RUN_COLUMNS))
    parameters = {
        **different,
        "run_id": run.id,
        "change_type": change_type,
        "changed_by": changed_by,
        "change_reason": change_reason,
    }
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        (changed,) = cursor.execute(statement, parameters).fetchall()
        cursor.execute(query("record_version"), parameters)
    return changed


def _require_shoe(connection: AnyConnection, shoe_id: str) -> None:
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            "select from shoes where id = %s and deleted_at is null for key share", [shoe_id]
        ).fetchone()
    if found is None:
        raise no_such_shoe(shoe_id)


def _checked(updates: Mapping[str, Any]) -> dict[str, Any]:
    """Return the updates in the types of the columns, or raise what is wrong with them."""
    if not updates:
        raise InvalidValue(f"There is nothing to change. Give one of {', '.join(EDITABLE_FIELDS)}.")
    for field in updates:
        if field not in EDITABLE_FIELDS:
            raise NotEditable(f"{field!r} cannot be edited; {', '.join(EDITABLE_FIELDS)} can.")
    return {field: _checked_value(field, value) for field, value in updates.items()}


def _checked_value(field: str, value: Any) -> Any:
    match field:
        case "distance" | "duration":
            if not _is_number(value) or not 0 <= value <= sys.float_info.max:
                raise InvalidValue(f"{field} must be a number that is 0 or greater, not {value!r}.")
            return float(value)
        case "avg_heart_rate":
            low, high = HEART_RATES
            if value is not None and not (_is_number(value) and low <= value <= high):
                raise InvalidValue(
                    f"avg_heart_rate must be {low:g} to {high:g} beats a minute, or None; not {value!r}."
                )
            return None if value is None else float(value)
        case "type":
            if value not in get_args(RunType):
                raise InvalidValue(f"type must be one of {', '.join(get_args(RunType))}; not {value!r}.")
            return value
        case "datetime_utc":
            with suppress(OverflowError):  # at the ends of the calendar
                if isinstance(value, datetime) and value.tzinfo is not None:
                    return _possible_start(value.astimezone(UTC))
            raise InvalidValue(f"datetime_utc must be a datetime with a time zone, not {value!r}.")
        case _:
            if value is not None and not isinstance(value, str):
                raise InvalidValue(f"shoe_id must be the id of a shoe, or None; not {value!r}.")
            return value


def _possible_start(start: datetime) -> datetime:
    if not EARLIEST_START <= start <= datetime.now(UTC) + LATEST_START_AHEAD:
        raise InvalidValue(f"A run cannot start on {start:%Y-%m-%d}: that is before 1900 or in the future.")
    return start


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
