"""Finds out which events are wanted: of the runs that changed, or of all when the settings did."""

from collections.abc import Callable, Iterator
from datetime import datetime

from psycopg.rows import class_row

from fitness_pipeline.calendar.event_content import EventContent
from fitness_pipeline.calendar.event_fields import CalendarRun
from fitness_pipeline.db.calendar_wishes import forget_errors
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import query

_ROWS_AT_ONCE = 5000


def look_at_changed_runs(connection: AnyConnection) -> int:
    """Take the runs that changed since they were last looked at; return how many.

    Args:
        connection: in a transaction. With it ends what was taken: it commits what it has found out, or the
            changes are there again.
    """
    _create_concerned(connection)
    return connection.execute(
        """
        with taken as (delete from normalized.calendar_changes returning run_id)
        insert into concerned select distinct run_id from taken
        """
    ).rowcount


def look_at_all_runs(connection: AnyConnection, since: datetime) -> int:
    """Take every run that could be on the calendar, and every one that was; return how many.

    Args:
        connection: in a transaction.
        since: the first instant of the first day that is shown.
    """
    _create_concerned(connection)
    connection.execute("delete from normalized.calendar_changes")
    return connection.execute(
        """
        insert into concerned
        select id from runs where datetime_utc >= %s and deleted_at is null
        union
        select run_id from normalized.calendar_events
        """,
        [since],
    ).rowcount


def record_wanted(
    connection: AnyConnection,
    contents: Callable[[CalendarRun], EventContent],
    *,
    calendar_id: str,
    since: datetime,
) -> None:
    """Record what is wanted of the events of those runs that were taken.

    Args:
        connection: in the transaction that took them.
        contents: what the event of a run says.
        calendar_id: where events are to be.
        since: the first instant of the first day that is shown.
    """
    connection.execute(
        """
        create temp table wanted (
            position bigint generated always as identity,
            run_id text primary key, hash text, version integer
        ) on commit drop
        """
    )
    for runs in _batches(connection, since):
        with (
            connection.cursor() as cursor,
            cursor.copy("copy wanted (run_id, hash, version) from stdin") as copy,
        ):
            for run in runs:
                copy.write_row((run.id, contents(run).hash, run.version))
    connection.execute("analyze concerned; analyze wanted")
    parameters = {"calendar_id": calendar_id}
    connection.execute(query("begin_calendar_events"), parameters)
    connection.execute(query("want_calendar_events"))
    connection.execute("drop table concerned, wanted")
    forget_errors(connection)


def _create_concerned(connection: AnyConnection) -> None:
    connection.execute("create temp table concerned (run_id text primary key) on commit drop")


def _batches(connection: AnyConnection, since: datetime) -> Iterator[list[CalendarRun]]:
    """Yield the runs that are to be on the calendar, a bounded number at a time."""
    with connection.cursor("wanted_runs", row_factory=class_row(CalendarRun)) as cursor:
        cursor.execute(query("wanted_calendar_runs"), {"since": since})
        while runs := cursor.fetchmany(_ROWS_AT_ONCE):
            yield runs
