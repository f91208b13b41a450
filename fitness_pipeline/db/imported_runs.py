"""What came of the rows of some files since an instant, whichever job made runs of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import fetch_value, query


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRuns:
    """How many runs changed by some files.

    Attributes:
        inserted: that are new.
        updated: that were there, and have a new version.
    """

    inserted: int
    updated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReject:
    """A row of a file that could not be understood.

    Attributes:
        row_number: as a spreadsheet counts (the header is row 1).
        reason: a sentence.
    """

    row_number: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectCounts:
    """How many open rejects some files have.

    Attributes:
        total: of all kinds.
        told_apart: of them, those that could be told into cells.
    """

    total: int
    told_apart: int


def database_time(*, conn: AnyConnection | None = None) -> datetime:
    """Return the time by the clock that runs and versions are dated by.

    Args:
        conn: the caller's connection.
    """
    with reading(conn) as connection:
        time: datetime = fetch_value(connection, "select clock_timestamp()")
        return time


def count_imported_runs(
    file_ids: Sequence[int], since: datetime, *, conn: AnyConnection | None = None
) -> ImportedRuns:
    """Return how many runs are new or changed by what some files brought.

    Args:
        file_ids: the files.
        since: when their import began.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ImportedRuns)) as cursor:
        parameters = {"file_ids": list(file_ids), "since": since}
        (counts,) = cursor.execute(query("count_imported_runs"), parameters).fetchall()
    return counts


def count_file_rejects(file_ids: Sequence[int], *, conn: AnyConnection | None = None) -> RejectCounts:
    """Return how many rows of some files are rejected and not yet resolved.

    Args:
        file_ids: the files.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(RejectCounts)) as cursor:
        (counts,) = cursor.execute(
            """
            select count(*) as total, count(*) filter (where not starts_with(raw_key, 'text ')) as told_apart
            from raw.rejects where provider = 'mmf' and resolved_at is null and file_id = any(%s)
            """,
            [list(file_ids)],
        ).fetchall()
    return counts


def get_file_rejects(
    file_ids: Sequence[int], limit: int, *, conn: AnyConnection | None = None
) -> list[FileReject]:
    """Return the first rows of some files that are rejected and not yet resolved.

    Args:
        file_ids: the files.
        limit: how many at most.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(FileReject)) as cursor:
        return cursor.execute(
            """
            select row_number, reason from raw.rejects
            where provider = 'mmf' and resolved_at is null and file_id = any(%s)
            order by row_number, reject_id limit %s
            """,
            [list(file_ids), limit],
        ).fetchall()
