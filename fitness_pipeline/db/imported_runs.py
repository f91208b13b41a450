"""What came of the rows of some files since an instant, whichever job made runs of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, tuple_row

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
    """How many rows of some files are rejected.

    Attributes:
        total: that are still rejected, and not dismissed.
        dismissed: that are still rejected, and of which somebody said that they need not be told of.
        by_activity_type: of both, those that could be told into cells, by what they say that they are.
    """

    total: int
    dismissed: int
    by_activity_type: Mapping[str, int]


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

    A row counts in each file in which it stands, whichever file brought it first.

    Args:
        file_ids: the files; one that is named twice counts twice.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(query("count_rejected_rows"), {"file_ids": list(file_ids)}).fetchall()
    by_activity_type: Counter[str] = Counter()
    by_dismissal: Counter[bool] = Counter()
    for is_dismissed, activity_type, count in rows:
        by_dismissal[is_dismissed] += count
        if activity_type is not None:
            by_activity_type[activity_type] += count
    return RejectCounts(
        total=by_dismissal[False], dismissed=by_dismissal[True], by_activity_type=by_activity_type
    )


def get_file_rejects(
    file_ids: Sequence[int], limit: int, *, conn: AnyConnection | None = None
) -> list[FileReject]:
    """Return the first rows of some files that are rejected, and neither resolved nor dismissed.

    Args:
        file_ids: the files.
        limit: how many at most.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(FileReject)) as cursor:
        return cursor.execute(
            """
            select place.row_number, reject.reason
            from raw.rejected_rows as place
            join raw.rejects as reject
              on (reject.provider, reject.stage, reject.raw_key) = ('mmf', place.stage, place.raw_key)
            where reject.resolved_at is null and reject.dismissed_at is null and place.file_id = any(%s)
            order by place.row_number, place.file_id limit %s
            """,
            [list(file_ids), limit],
        ).fetchall()
