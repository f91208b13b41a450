"""The table `runs`: the current state of every run."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from psycopg import errors as pg
from psycopg import sql
from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.queries import composed
from fitness_pipeline.errors import InvalidValue, ShoeNotFound
from fitness_pipeline.models import NewRun, Run, RunDetail
from fitness_pipeline.settings import time_zone as known_time_zone

COLUMNS = (
    "id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id, "
    "last_edited_at, last_edited_by, version, deleted_at, created_at, updated_at"
)


def get_all_runs(include_deleted: bool = False, *, conn: AnyConnection | None = None) -> list[Run]:
    """Return the runs, newest first.

    Args:
        include_deleted: whether soft-deleted runs are in it.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {COLUMNS} from runs where (%s or deleted_at is null) order by datetime_utc desc, id desc
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(statement, [include_deleted]).fetchall()


def get_run_by_id(id: str, include_deleted: bool = False, *, conn: AnyConnection | None = None) -> Run | None:
    """Return the run, or None when there is none of this id.

    Args:
        id: the run's id, such as `mmf_8622076198`.
        include_deleted: whether a soft-deleted run is returned too.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {COLUMNS} from runs where id = %s and (%s or deleted_at is null)
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Run)) as cursor:
        return cursor.execute(statement, [id, include_deleted]).fetchone()


def get_existing_run_ids(*, conn: AnyConnection | None = None) -> set[str]:
    """Return the ids of all runs, the soft-deleted ones included: none of them may be created again.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        return {row[0] for row in cursor.execute("select id from runs")}


def get_run_details_in_date_range(
    start_date: date, end_date: date, *, time_zone: str = "UTC", conn: AnyConnection | None = None
) -> list[RunDetail]:
    """Return the runs of some days with their details, newest first.

    Args:
        start_date: the first day.
        end_date: the last day, which is in it.
        time_zone: the IANA zone whose days these are.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        UnknownTimeZone: there is no such zone.
    """
    zone = known_time_zone(time_zone)
    since = datetime.combine(start_date, time(), zone)
    if end_date == date.max:
        return _details(since, datetime.max.replace(tzinfo=UTC), conn)
    return _details(since, datetime.combine(end_date + timedelta(days=1), time(), zone), conn)


def get_run_detail_by_id(
    id: str, include_deleted: bool = False, *, conn: AnyConnection | None = None
) -> RunDetail | None:
    """Return a run with its details, or None when there is none of this id.

    Args:
        id: the run's id.
        include_deleted: whether a soft-deleted run is returned too.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(RunDetail)) as cursor:
        return cursor.execute(
            "select * from normalized.run_details where id = %s and (%s or deleted_at is null)",
            [id, include_deleted],
        ).fetchone()


def get_all_run_details(*, conn: AnyConnection | None = None) -> list[RunDetail]:
    """Return all runs with shoe name, retirement notes and calendar sync state, newest first.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    return _details(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), conn)


def bulk_create_runs(runs: Iterable[NewRun], *, conn: AnyConnection | None = None) -> int:
    """Insert those runs whose id is not there yet, each with its 'original' version.

    Args:
        runs: the runs; of several with one id the first counts.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        How many were inserted.

    Raises:
        InvalidValue: a value is impossible, such as a negative distance.
        ShoeNotFound: a run names a shoe that does not exist.
    """
    unique: dict[str, NewRun] = {}
    for run in runs:
        if run.datetime_utc.tzinfo is None:
            raise InvalidValue(f"The start of {run.id} has no time zone. Give an instant.")
        unique.setdefault(run.id, run)
    with transaction(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """
            create temp table incoming_runs (
                id text, datetime_utc timestamptz, type text, distance double precision,
                duration double precision, source text, avg_heart_rate double precision, shoe_id text
            ) on commit drop
            """
        )
        take_turn(connection, "runs")
        with cursor.copy("copy incoming_runs from stdin") as copy:
            for run in unique.values():
                copy.write_row(
                    (
                        run.id,
                        run.datetime_utc,
                        run.type,
                        run.distance,
                        run.duration,
                        run.source,
                        run.avg_heart_rate,
                        run.shoe_id,
                    )
                )
        cursor.execute("delete from incoming_runs using runs where runs.id = incoming_runs.id")
        inserted = insert_new_runs(connection, sql.Identifier("incoming_runs"))
        cursor.execute("drop table incoming_runs")
    return inserted


def insert_new_runs(connection: AnyConnection, source: sql.Composable) -> int:
    """Insert runs that are not there yet, each with its 'original' version.

    Args:
        connection: in a transaction that holds the turn `runs`.
        source: a table or a subquery in parentheses, with the columns of `NewRun`.

    Returns:
        How many were inserted.

    Raises:
        InvalidValue, ShoeNotFound: see `bulk_create_runs`.
    """
    try:
        inserted = connection.execute(composed("insert_new_runs", source=source)).rowcount
    except pg.CheckViolation as error:
        raise InvalidValue(
            f"A run cannot be stored: {error.diag.message_primary}. {error.diag.message_detail}"
        ) from error
    except pg.ForeignKeyViolation as error:
        raise ShoeNotFound(
            f"A run names a shoe that does not exist: {error.diag.message_detail} "
            "Create it first (bulk_create_shoes_by_names)."
        ) from error
    connection.execute(composed("insert_original_versions", source=source))
    return inserted


def _details(since: datetime, until: datetime, conn: AnyConnection | None) -> list[RunDetail]:
    with reading(conn) as connection, connection.cursor(row_factory=class_row(RunDetail)) as cursor:
        return cursor.execute(
            """
            select * from normalized.run_details
            where deleted_at is null and datetime_utc >= %s and datetime_utc < %s
            order by datetime_utc desc, id desc
            """,
            [since, until],
        ).fetchall()
