"""The table `raw.ingested_files`: every file that was read, known by its content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from fitness_pipeline.db.connection import AnyConnection, reading, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestedFile:
    """A row of `raw.ingested_files`.

    Attributes:
        sha256: of the content, in hexadecimal.
        time_zone: the IANA zone given with the file; None means the setting MMF_TIMEZONE.
        rows_rejected: rows that were not even stored as raw; more may be rejected when they are normalized.
        activity_types: how many rows there are of each.
    """

    file_id: int
    provider: str
    sha256: str
    name: str
    size_bytes: int
    status: Literal["imported", "refused"]
    refusal_reason: str | None
    unit: str | None
    time_zone: str | None
    rows_found: int
    rows_new: int
    rows_changed: int
    rows_unchanged: int
    rows_rejected: int
    activity_types: dict[str, int]
    ingested_at: datetime
    dagster_run_id: str | None


_COLUMNS = ", ".join(IngestedFile.__dataclass_fields__)


def find_file(provider: str, sha256: str, *, conn: AnyConnection | None = None) -> IngestedFile | None:
    """Return what is known of a file with this content, or None when it was never read.

    Args:
        provider: whose file, such as `mmf`.
        sha256: of its content, in hexadecimal.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from raw.ingested_files where provider = %s and sha256 = %s
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(IngestedFile)) as cursor:
        return cursor.execute(statement, [provider, sha256]).fetchone()


def find_newest_import(provider: str, *, conn: AnyConnection | None = None) -> IngestedFile | None:
    """Return the file of a provider that was imported last, or None when none was.

    Args:
        provider: whose file, such as `mmf`.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from raw.ingested_files where provider = %s and status = 'imported'
        order by ingested_at desc, file_id desc limit 1
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(IngestedFile)) as cursor:
        return cursor.execute(statement, [provider]).fetchone()


def list_files(limit: int = 20, *, conn: AnyConnection | None = None) -> list[IngestedFile]:
    """Return the files that were read last, newest first.

    Args:
        limit: at most so many.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from raw.ingested_files order by ingested_at desc, file_id desc limit %s
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(IngestedFile)) as cursor:
        return cursor.execute(statement, [limit]).fetchall()


def get_files_by_id(file_ids: Sequence[int], *, conn: AnyConnection | None = None) -> list[IngestedFile]:
    """Return some files, in the order of their ids.

    Args:
        file_ids: which.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from raw.ingested_files where file_id = any(%s) order by file_id
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(IngestedFile)) as cursor:
        return cursor.execute(statement, [list(file_ids)]).fetchall()


def record_file(facts: dict[str, Any], *, conn: AnyConnection | None = None) -> IngestedFile:
    """Record a file that was read or refused; one content has one row, which tells the last attempt.

    Args:
        facts: columns of `raw.ingested_files` to values; those left out take the table's defaults.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The row.
    """
    defaults: dict[str, Any] = {
        "refusal_reason": None,
        "unit": None,
        "time_zone": None,
        "rows_found": 0,
        "rows_new": 0,
        "rows_changed": 0,
        "rows_unchanged": 0,
        "rows_rejected": 0,
        "activity_types": {},
    }
    values = {**defaults, **facts}
    values["activity_types"] = Jsonb(values["activity_types"])
    statement = f"""
        insert into raw.ingested_files as known
               (provider, sha256, name, size_bytes, status, refusal_reason, unit, time_zone, rows_found,
                rows_new, rows_changed, rows_unchanged, rows_rejected, activity_types, dagster_run_id)
        values (%(provider)s, %(sha256)s, %(name)s, %(size_bytes)s, %(status)s, %(refusal_reason)s,
                %(unit)s, %(time_zone)s, %(rows_found)s, %(rows_new)s, %(rows_changed)s,
                %(rows_unchanged)s, %(rows_rejected)s, %(activity_types)s, %(dagster_run_id)s)
        on conflict (provider, sha256) do update
           set (name, size_bytes, status, refusal_reason, unit, time_zone, rows_found, rows_new,
                rows_changed, rows_unchanged, rows_rejected, activity_types, dagster_run_id, ingested_at)
             = (excluded.name, excluded.size_bytes, excluded.status, excluded.refusal_reason, excluded.unit,
                excluded.time_zone, excluded.rows_found, excluded.rows_new, excluded.rows_changed,
                excluded.rows_unchanged, excluded.rows_rejected, excluded.activity_types,
                excluded.dagster_run_id, now())
        returning {_COLUMNS}
    """  # noqa: S608 - the columns are a constant
    with transaction(conn) as connection, connection.cursor(row_factory=class_row(IngestedFile)) as cursor:
        (recorded,) = cursor.execute(statement, values).fetchall()
    return recorded
