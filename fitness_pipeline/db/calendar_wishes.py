"""What the runner says of events: not that one, that one again, none at all."""

from psycopg.rows import tuple_row

from fitness_pipeline.db.calendar_events import EVENTS_TURN, show_synced_runs
from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.errors import RunNotFound


def decline_event(run_id: str, calendar_id: str, *, conn: AnyConnection | None = None) -> None:
    """Record that the runner does not want a run on the calendar; the next sync takes its event away.

    Args:
        run_id: the run.
        calendar_id: where its event would be.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        RunNotFound: no such run, or it is deleted and never was to have an event.
    """
    with transaction(conn) as connection:
        _require_event(connection, run_id, calendar_id, is_deleted_too=True)
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
        show_synced_runs(connection, [run_id for (run_id,) in run_ids])


def _require_event(
    connection: AnyConnection, run_id: str, calendar_id: str, *, is_deleted_too: bool = False
) -> bool:
    """Make sure that a run has a row, though no event may be wanted of it; return whether it is a new one.

    Nobody adds another one meanwhile. A run that is deleted may be one that has a row already.
    """
    take_turn(connection, EVENTS_TURN)
    found = connection.execute(
        """
        select from runs where id = %(run_id)s and (deleted_at is null or (
            %(is_deleted_too)s
            and exists (select from normalized.calendar_events where run_id = %(run_id)s)
        ))
        """,
        {"run_id": run_id, "is_deleted_too": is_deleted_too},
    ).rowcount
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
