"""The table `normalized.calendar_events`: requests that are made, what became known, and who is shown it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import tuple_row

from fitness_pipeline.calendar.known_event import KnownEvent, Unfinished
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.queries import query

# Of those who say which of a run's events is the newest one, or what is wanted of that.
EVENTS_TURN = "calendar events"


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
    show_synced_runs(connection, [run_id for (run_id,) in run_ids])


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
    show_synced_runs(connection, [finding.event.run_id for finding in findings])


def show_synced_runs(connection: AnyConnection, run_ids: Iterable[str]) -> None:
    """Have `synced_runs` show what is known of runs' events.

    Args:
        connection: in a transaction.
        run_ids: the runs, each once or more.
    """
    connection.execute(query("show_synced_runs"), {"run_ids": list(dict.fromkeys(run_ids))})


def _parameters(finding: Finding) -> dict[str, Any]:
    event = finding.event
    return {
        **asdict(event),
        "is_synced": finding.is_synced,
        "is_declined_now": finding.is_declined_now,
        "error": finding.error,
        "retry_at": finding.retry_at,
        "doubt_until": finding.doubt_until,
    }
