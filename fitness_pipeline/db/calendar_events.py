"""The table `normalized.calendar_events`, and `synced_runs`, which shows it to everybody."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from psycopg.rows import class_row, dict_row, tuple_row

from fitness_pipeline.calendar.event_fields import CalendarRun
from fitness_pipeline.calendar.known_event import KnownEvent, Unfinished
from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.queries import query
from fitness_pipeline.errors import RunNotFound

# Of those who say which of a run's events is the newest one, or what is wanted of that.
EVENTS_TURN = "calendar events"

_EVENT_FIELDS = [field.name for field in fields(KnownEvent)]
_RUN_FIELDS = [field.name for field in fields(CalendarRun) if field.name != "id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventToWorkOn:
    """An event that is not as it is wanted, and its run."""

    event: KnownEvent
    run: CalendarRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A request that is about to be made.

    Attributes:
        event_row: the id of the event's row.
        unfinished: what it is to do.
        description: our part of the description in it.
    """

    event_row: int
    unfinished: Unfinished
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became known of an event.

    Attributes:
        event: as it is known now.
        is_synced: whether it was just written.
        is_declined_now: whether the runner has just been found not to want it.
        error: what is wrong with it, if anything.
        retry_at: when it may be tried again; None for at once.
        doubt_until: when Google does not do any more what `event.doubt` names; None without a doubt.
        needs_new_id: whether another event is to stand for its run, if one is wanted.
    """

    event: KnownEvent
    is_synced: bool = False
    is_declined_now: bool = False
    error: str | None = None
    retry_at: datetime | None = None
    doubt_until: datetime | None = None
    needs_new_id: bool = False


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
        rows = cursor.execute(query("calendar_events_to_work_on"), parameters).fetchall()
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
            """
            select case when unfinished is not null or wanted_hash is not distinct from held_hash then 'check'
                        when wanted_hash is null then 'delete'
                        when state = 'present' then 'update'
                        else 'create'
                   end as work,
                   count(*)
            from normalized.calendar_events
            where needs_work and (retry_at is null or retry_at <= %(now)s)
              and (unfinished is not null or wanted_hash is distinct from held_hash or doubt_until <= %(now)s)
            group by work
            """,
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
            """
            select (select max(id) from normalized.calendar_changes), count(*), max(id), sum(failures)
            from normalized.calendar_events
            where needs_work and (retry_at is null or retry_at <= %(now)s)
              and (unfinished is not null or wanted_hash is distinct from held_hash or doubt_until <= %(now)s)
            """,
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


def record_beginnings(connection: AnyConnection, beginnings: Sequence[Beginning]) -> None:
    """Record that requests are about to be made; `synced_runs` says 'pending' of their runs.

    Args:
        connection: in a transaction, which is committed before the first request.
        beginnings: the requests.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        run_ids = cursor.execute(
            """
            update normalized.calendar_events as event
            set unfinished = beginning.unfinished, unfinished_description = beginning.description,
                error = null
            from unnest(%s::bigint[], %s::text[], %s::text[]) as beginning (id, unfinished, description)
            where event.id = beginning.id
            returning event.run_id
            """,
            [
                [beginning.event_row for beginning in beginnings],
                [beginning.unfinished for beginning in beginnings],
                [beginning.description for beginning in beginnings],
            ],
        ).fetchall()
    _show(connection, [run_id for (run_id,) in run_ids])


def record_findings(connection: AnyConnection, findings: Sequence[Finding]) -> None:
    """Record what became known of events.

    Args:
        connection: in a transaction.
        findings: one an event.
    """
    take_turn(connection, EVENTS_TURN)
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            update normalized.calendar_events
            set state = %(state)s, unfinished = %(unfinished)s, held_hash = %(held_hash)s,
                held_version = %(held_version)s, etag = %(etag)s, description = %(description)s,
                unfinished_description = %(unfinished_description)s,
                runner_description = %(runner_description)s, doubt = %(doubt)s, doubt_until = %(doubt_until)s,
                synced_at = case when %(is_synced)s then now() else synced_at end,
                failures = %(failures)s, retry_at = %(retry_at)s, error = %(error)s,
                -- The runner may have said something meanwhile, and what is wanted may be another thing; who
                -- has asked for it again (of which an empty hash tells) has not declined it.
                is_declined = is_declined or (%(is_declined_now)s and held_hash is distinct from ''),
                wanted_hash = case when not %(is_declined_now)s or held_hash = '' then wanted_hash end,
                wanted_version = case when not %(is_declined_now)s or held_hash = '' then wanted_version end
            where id = %(id)s
            """,
            [_parameters(finding) for finding in findings],
        )
        cursor.execute(
            """
            insert into normalized.calendar_events
                   (run_id, generation, calendar_id, wanted_hash, wanted_version)
            select run_id, generation + 1, calendar_id, wanted_hash, wanted_version
            from normalized.calendar_events
            where id = any(%s) and wanted_hash is not null
            order by id
            on conflict do nothing
            """,
            [ids := [finding.event.id for finding in findings if finding.needs_new_id]],
        )
        cursor.execute(
            """
            update normalized.calendar_events set wanted_hash = null, wanted_version = null where id = any(%s)
            """,
            [ids],
        )
    _show(connection, [finding.event.run_id for finding in findings])


def decline_event(run_id: str, calendar_id: str, *, conn: AnyConnection | None = None) -> None:
    """Record that the runner does not want a run on the calendar; the next sync takes its event away.

    Args:
        run_id: the run.
        calendar_id: where its event would be.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run, or it is deleted.
    """
    with transaction(conn) as connection:
        _require_event(connection, run_id, calendar_id)
        connection.execute(
            """
            update normalized.calendar_events as event
            set is_declined = true, wanted_hash = null, wanted_version = null, retry_at = null
            where run_id = %(run_id)s
              and generation = (select max(generation) from normalized.calendar_events
                                where run_id = %(run_id)s)
            """,
            {"run_id": run_id},
        )
        forget_errors(connection)


def want_event_again(run_id: str, calendar_id: str, *, conn: AnyConnection | None = None) -> None:
    """Record that the runner wants a run on the calendar, be it declined, older than what is shown, or there.

    Args:
        run_id: the run.
        calendar_id: where its event is to be.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run, or it is deleted.
    """
    with transaction(conn) as connection:
        _require_event(connection, run_id, calendar_id)
        # An event that should be there is written again: it may have been changed or deleted in Google.
        connection.execute(
            """
            update normalized.calendar_events as event
            set is_declined = false, failures = 0, retry_at = null, error = null,
                held_hash = case when state = 'present' then '' end
            where run_id = %(run_id)s
              and generation = (select max(generation) from normalized.calendar_events
                                where run_id = %(run_id)s)
            """,
            {"run_id": run_id},
        )
        connection.execute("insert into normalized.calendar_changes (run_id) values (%s)", [run_id])


def want_event_now(run_id: str, calendar_id: str, *, conn: AnyConnection | None = None) -> None:
    """Record that the runner wants a run on the calendar; an event that is as it should be is left alone.

    Args:
        run_id: the run.
        calendar_id: where its event is to be.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run, or it is deleted.
    """
    with transaction(conn) as connection:
        is_new = _require_event(connection, run_id, calendar_id)
        # An error is told until the event is tried again.
        changed = connection.execute(
            """
            update normalized.calendar_events
            set is_declined = false, failures = 0, retry_at = null
            where run_id = %(run_id)s
              and generation = (select max(generation) from normalized.calendar_events
                                where run_id = %(run_id)s)
              and (wanted_hash is null or failures > 0 or retry_at is not null)
            """,
            {"run_id": run_id},
        ).rowcount
        if is_new or changed:
            connection.execute("insert into normalized.calendar_changes (run_id) values (%s)", [run_id])


def want_no_events(connection: AnyConnection) -> int:
    """Record that no event is wanted any more; return how many have to go.

    Args:
        connection: in a transaction.
    """
    count = connection.execute(
        """
        update normalized.calendar_events
        set wanted_hash = null, wanted_version = null, retry_at = null
        where wanted_hash is not null or needs_work
        """
    ).rowcount
    forget_errors(connection)
    return count


def forget_errors(connection: AnyConnection) -> None:
    """Forget what was wrong with events that are as they are wanted, such as those that nobody wants now.

    Args:
        connection: in a transaction.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        run_ids = cursor.execute(
            """
            update normalized.calendar_events set error = null, failures = 0, retry_at = null
            where error is not null and not needs_work
            returning run_id
            """
        ).fetchall()
    if run_ids:
        _show(connection, [run_id for (run_id,) in run_ids])


def _require_event(connection: AnyConnection, run_id: str, calendar_id: str) -> bool:
    """Make sure that a run has a row, though no event may be wanted of it; return whether it is a new one.

    Nobody adds another one meanwhile.
    """
    take_turn(connection, EVENTS_TURN)
    found = connection.execute("select from runs where id = %s and deleted_at is null", [run_id]).rowcount
    if not found:
        raise RunNotFound(f"There is no run {run_id!r}, or it is deleted. Run ids look like mmf_8622076198.")
    added = connection.execute(
        """
        insert into normalized.calendar_events (run_id, generation, calendar_id)
        select %(run_id)s, 0, %(calendar_id)s
        where not exists (select from normalized.calendar_events where run_id = %(run_id)s)
        on conflict do nothing
        """,
        {"run_id": run_id, "calendar_id": calendar_id},
    ).rowcount
    return bool(added)


def _show(connection: AnyConnection, run_ids: Iterable[str]) -> None:
    connection.execute(query("show_synced_runs"), {"run_ids": list(Counter(run_ids))})


def _parameters(finding: Finding) -> dict[str, Any]:
    event = finding.event
    return {
        **{name: getattr(event, name) for name in _EVENT_FIELDS},
        "is_synced": finding.is_synced,
        "is_declined_now": finding.is_declined_now,
        "error": finding.error,
        "retry_at": finding.retry_at,
        "doubt_until": finding.doubt_until,
    }
