"""Events that are not as they are wanted: which, how many, and what is to be done with them."""

from dataclasses import dataclass, fields
from datetime import datetime

from psycopg import sql
from psycopg.rows import class_row, dict_row, tuple_row

from fitness_pipeline.calendar.event_fields import CalendarRun
from fitness_pipeline.calendar.known_event import KnownEvent
from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import composed

_EVENT_FIELDS = [field.name for field in fields(KnownEvent)]
_RUN_FIELDS = [field.name for field in fields(CalendarRun) if field.name != "id"]

# Not as it is wanted, or something can be found out of it now; and whoever failed need not wait any longer.
_IS_DUE = sql.SQL("""(
    event.needs_work
    and (event.retry_at is null or event.retry_at <= %(now)s)
    and (event.unfinished is not null or event.wanted_hash is distinct from event.held_hash
         or event.doubt_until <= %(now)s)
)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventToWorkOn:
    """An event that is not as it is wanted, and its run."""

    event: KnownEvent
    run: CalendarRun


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCounts:
    """How many events are not simply there.

    Attributes:
        failed: of those that are not as wanted, how many Google refused.
        declined: that the runner does not want.
        waiting: that are not as wanted, the failed ones not counted.
        first_error: of those that failed, the sentence of one.
    """

    failed: int
    declined: int
    waiting: int
    first_error: str | None


def events_to_work_on(
    limit: int, now: datetime, *, run_id: str | None = None, conn: AnyConnection | None = None
) -> list[EventToWorkOn]:
    """Return events that are not as they are wanted.

    Args:
        limit: how many at most.
        now: who failed and waits for a later instant is left out.
        run_id: whose events alone; None for all.
        conn: the caller's connection, to take part in its transaction.
    """
    parameters = {"limit": limit, "now": now, "run_id": run_id}
    with reading(conn) as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(composed("calendar_events_to_work_on", is_due=_IS_DUE), parameters).fetchall()
    return [
        EventToWorkOn(
            event=KnownEvent(**{name: row[name] for name in _EVENT_FIELDS}),
            run=CalendarRun(id=row["run_id"], **{name: row[name] for name in _RUN_FIELDS}),
        )
        for row in rows
    ]


def count_work(now: datetime, *, conn: AnyConnection | None = None) -> dict[str, int]:
    """Return how many events are to be created, updated, deleted and looked at (`check`).

    Args:
        now: who failed and waits for a later instant is left out.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            sql.SQL(
                """
                select case when unfinished is not null or wanted_hash is not distinct from held_hash
                            then 'check'
                            when wanted_hash is null then 'delete'
                            when state = 'present' then 'update'
                            else 'create'
                       end as work,
                       count(*)
                from normalized.calendar_events as event
                where {is_due}
                group by work
                """
            ).format(is_due=_IS_DUE),
            {"now": now},
        ).fetchall()
    return {"create": 0, "update": 0, "delete": 0, "check": 0, **dict(rows)}


def describe_work(now: datetime, *, conn: AnyConnection | None = None) -> str | None:
    """Return what there is to do in a few characters, the same ones as long as it is the same.

    Args:
        now: who failed and waits for a later instant is left out.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        None if there is nothing to do.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        ((newest_change, events, newest_event, failures),) = cursor.execute(
            sql.SQL(
                """
                select (select max(id) from normalized.calendar_changes), count(*), max(id), sum(failures)
                from normalized.calendar_events as event
                where {is_due}
                """
            ).format(is_due=_IS_DUE),
            {"now": now},
        ).fetchall()
    if newest_change is None and not events:
        return None
    return f"{newest_change or 0}/{events}/{newest_event or 0}/{failures or 0}"


def count_events(*, conn: AnyConnection | None = None) -> EventCounts:
    """Return how many events are not simply there; what that costs does not grow with the others.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(EventCounts)) as cursor:
        (counts,) = cursor.execute(
            """
            select (select count(*) from normalized.calendar_events where error is not null) as failed,
                   (select count(*) from normalized.calendar_events where is_declined) as declined,
                   (select count(*) from normalized.calendar_events
                     where needs_work and error is null
                       and (unfinished is not null or wanted_hash is distinct from held_hash)) as waiting,
                   (select min(error) from normalized.calendar_events where error is not null) as first_error
            """
        ).fetchall()
    return counts
