"""Every change of a run that a person makes: one change, one version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import sql
from psycopg.rows import class_row, dict_row, tuple_row

from fitness_pipeline.db.api_edits import record_api_edit
from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.queries import fetch_value, query
from fitness_pipeline.db.run_values import EDITABLE_FIELDS, checked_updates
from fitness_pipeline.db.runs import COLUMNS
from fitness_pipeline.db.shoes import get_shoe_by_id, no_such_shoe
from fitness_pipeline.errors import InvalidValue, RunNotFound, VersionConflict, VersionNotFound
from fitness_pipeline.models import ChangeType, Run

# What providers sign their changes with. A merge relies on it to tell their deletions from the runner's.
PROVIDERS = ("mmf", "strava", "hevy")
NO_PERSONS = (*PROVIDERS, "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who changes a run, and why.

    Attributes:
        changed_by: a person, in words of their own.
        change_reason: why.
        token_name: the token of the REST API that the change comes with; None if it comes otherwise.
    """

    changed_by: str
    change_reason: str | None = None
    token_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChange:
    """What became of a run.

    Attributes:
        run: as it is now.
        fields: what is different from before; empty if nothing was, and then there is no new version.
    """

    run: Run
    fields: tuple[str, ...]


def edit_run(
    run_id: str,
    updates: Mapping[str, Any],
    signature: Signature,
    expected_version: int | None = None,
    *,
    conn: AnyConnection | None = None,
) -> RunChange:
    """Edit a run and record the new version; an edit that changes nothing writes nothing.

    Args:
        run_id: the run's id.
        updates: field to new value, of `EDITABLE_FIELDS` (distance in miles, duration in seconds, heart
            rate in beats a minute; None clears heart rate or shoe).
        signature: who edits, and why.
        expected_version: the version that is edited; None takes whichever there is.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run, or it is deleted.
        VersionConflict: the run has another version than the expected one.
        NotEditable: a field may not be edited, such as `source`.
        InvalidValue: a value is impossible, or there is no field at all.
        ShoeNotFound: the shoe does not exist or is deleted.
    """
    values = checked_updates(updates)
    with transaction(conn) as connection:
        run, at = _locked(connection, run_id, expected_version)
        if run.deleted_at is not None:
            raise RunNotFound(f"The run {run_id} is deleted. Restore one of its versions first.")
        if values.get("shoe_id") is not None:
            _require_shoe(connection, values["shoe_id"])
        return _changed(connection, run, values, "edit", at, signature)


def restore_run(
    run_id: str,
    version_number: int,
    signature: Signature,
    expected_version: int | None = None,
    *,
    conn: AnyConnection | None = None,
) -> RunChange:
    """Give a run the values of an older version, as a new version; a deleted run comes back.

    Args:
        run_id: the run's id.
        version_number: the version to take the values from.
        signature: who restores; without a reason it is `Restored to version N`.
        expected_version: the version that the run has; None takes whichever there is.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run.
        VersionNotFound: it has no such version.
        VersionConflict: the run has another version than the expected one.
        ShoeNotFound: that version's shoe is gone for good.
    """
    with transaction(conn) as connection:
        run, at = _locked(connection, run_id, expected_version)
        values = _values_of_version(connection, run, version_number)
        if values["shoe_id"] is not None and get_shoe_by_id(values["shoe_id"], conn=connection) is None:
            raise no_such_shoe(values["shoe_id"])
        reason = f"Restored to version {version_number}"
        return _changed(connection, run, {**values, "deleted_at": None}, "edit", at, signature, reason)


def delete_run(
    run_id: str,
    signature: Signature,
    expected_version: int | None = None,
    *,
    conn: AnyConnection | None = None,
) -> RunChange:
    """Delete a run softly: it counts nowhere any more, and can be restored. Deleting twice is deleting once.

    Args:
        run_id: the run's id.
        signature: who deletes, and why.
        expected_version: the version that is deleted; None takes whichever there is.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run.
        VersionConflict: the run has another version than the expected one.
    """
    with transaction(conn) as connection:
        run, at = _locked(connection, run_id, expected_version)
        return _changed(connection, run, {"deleted_at": run.deleted_at or at}, "deletion", at, signature)


def undelete_run(
    run_id: str,
    signature: Signature,
    expected_version: int | None = None,
    *,
    conn: AnyConnection | None = None,
) -> RunChange:
    """Bring a deleted run back with the values that it had; a run that is not deleted stays as it is.

    Args:
        run_id: the run's id.
        signature: who brings it back; without a reason it is `Undeleted`.
        expected_version: the version that the run has; None takes whichever there is.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run.
        VersionConflict: the run has another version than the expected one.
    """
    with transaction(conn) as connection:
        run, at = _locked(connection, run_id, expected_version)
        return _changed(connection, run, {"deleted_at": None}, "edit", at, signature, "Undeleted")


def _locked(connection: AnyConnection, run_id: str, expected_version: int | None) -> tuple[Run, datetime]:
    """Lock a run's row, so that nobody else changes it before this transaction ends.

    Returns:
        The run, and the time: that at which the transaction began may be before the last change.
    """
    # Ids stay what they are, so who only refers to the run, such as a plan of the calendar, need not wait.
    statement = f"select {COLUMNS} from runs where id = %s for no key update"  # noqa: S608 - a constant
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        run = cursor.execute(statement, [run_id]).fetchone()
    if run is None:
        raise RunNotFound(f"There is no run {run_id!r}. Run ids look like mmf_8622076198.")
    if expected_version not in (None, run.version):
        raise VersionConflict(
            f"The run {run_id} has version {run.version} by now, not {expected_version}. Read it again, and "
            "decide whether your change still holds."
        )
    return run, fetch_value(connection, "select clock_timestamp()")


def _values_of_version(connection: AnyConnection, run: Run, version_number: int) -> dict[str, Any]:
    statement = f"""
        select {", ".join(EDITABLE_FIELDS)} from runs_history where run_id = %s and version_number = %s
    """  # noqa: S608 - the columns are a constant
    with connection.cursor(row_factory=dict_row) as cursor:
        values = cursor.execute(statement, [run.id, version_number]).fetchone()
    if values is None:
        raise VersionNotFound(
            f"The run {run.id} has no version {version_number}; its newest is {run.version}."
        )
    return values


def _require_shoe(connection: AnyConnection, shoe_id: str) -> None:
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(
            "select from shoes where id = %s and deleted_at is null for key share", [shoe_id]
        ).fetchone()
    if found is None:
        raise no_such_shoe(shoe_id)


def _changed(
    connection: AnyConnection,
    run: Run,
    values: Mapping[str, Any],
    change_type: ChangeType,
    at: datetime,
    signature: Signature,
    usual_reason: str | None = None,
) -> RunChange:
    """Write what differs and record it as the next version."""
    if not signature.changed_by or signature.changed_by in NO_PERSONS:
        raise InvalidValue(
            f"changed_by must tell which person changes the run; not {signature.changed_by!r}."
        )
    different = {field: value for field, value in values.items() if getattr(run, field) != value}
    if not different:
        return RunChange(run=run, fields=())
    assignments = [
        sql.SQL("{} = {}").format(sql.Identifier(field), sql.Placeholder(field)) for field in different
    ]
    statement = sql.SQL(
        "update runs set {}, version = version + 1, last_edited_at = %(changed_at)s,"
        " last_edited_by = %(changed_by)s where id = %(run_id)s returning {}"
    ).format(sql.SQL(", ").join(assignments), sql.SQL(COLUMNS))
    parameters = {
        **different,
        "run_id": run.id,
        "change_type": change_type,
        "changed_at": at,
        "changed_by": signature.changed_by,
        "change_reason": signature.change_reason or usual_reason,
    }
    with connection.cursor(row_factory=class_row(Run)) as cursor:
        (changed,) = cursor.execute(statement, parameters).fetchall()
        cursor.execute(query("record_version"), parameters)
    if signature.token_name is not None:
        record_api_edit(connection, changed.id, changed.version, signature.token_name)
    return RunChange(run=changed, fields=tuple(different))
