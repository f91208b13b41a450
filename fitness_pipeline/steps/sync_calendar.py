"""Makes the calendar show the runs, whatever happened before."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date

from fitness_pipeline.db.calendar_lists import find_newest_event
from fitness_pipeline.db.calendar_wishes import decline_event, want_event_now, want_no_events
from fitness_pipeline.db.calendars import end_calendar, record_rules
from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.locks import holding_turn
from fitness_pipeline.db.provider_connections import remove_connection
from fitness_pipeline.errors import ProviderError
from fitness_pipeline.providers.google_calendar.api import CalendarApi
from fitness_pipeline.providers.google_calendar.service import calendar_service
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.calendar_worker import CalendarWork, CalendarWorker, Patience
from fitness_pipeline.steps.google_access import PROVIDER, GoogleAccess, find_obstacle
from fitness_pipeline.steps.plan_calendar import ensure_calendar, plan_calendar

_TURN = "calendar sync"
_PATIENCE = Patience()


def sync_calendar(
    settings: Settings,
    *,
    since: date | None = None,
    patience: Patience = _PATIENCE,
    on_progress: Callable[[str], object] = lambda _: None,
) -> CalendarWork:
    """Write what differs from the runs to the calendar.

    One process does so at a time; another one waits, and finds nothing left to do.

    Args:
        settings: the account, the database, and what is to be shown.
        since: a day since when runs are to be shown, too, from now on.
        patience: how time passes.
        on_progress: told what is being done.

    Returns:
        What was done.

    Raises:
        NotConnected, NeedsReauthorization, ClientMissing, PermissionRefused, CalendarMissing: a person has
            to act.
        OutOfQuota: Google takes no more for a while; what was done is recorded, and the next sync goes on.
        ProviderUnavailable: the same, without Google saying why.
    """
    if obstacle := find_obstacle(settings):
        raise obstacle
    with _worker(settings, patience, on_progress) as (worker, connection):
        ensure_calendar(connection, since=since)
        plan_calendar(settings, connection)
        worker.begin()
        while worker.work():
            # Runs that were edited meanwhile come along.
            plan_calendar(settings, connection)
        return worker.done


def sync_run(
    settings: Settings,
    run_id: str,
    *,
    is_wanted: bool,
    patience: Patience = _PATIENCE,
    on_progress: Callable[[str], object] = lambda _: None,
) -> CalendarWork:
    """Bring one run onto the calendar, or take it off for good, because the runner says so now.

    Other runs are left to the next sync. When there is nothing to do, Google is not asked.

    Args:
        settings: the account, the database, and what an event looks like.
        run_id: the run.
        is_wanted: whether it is to be there, even if it was declined or is older than what is shown.
        patience: how time passes.
        on_progress: told what is being done.

    Returns:
        What was done.

    Raises:
        RunNotFound: no such run, or it is deleted and has nothing there to be taken off.
        NotConnected, NeedsReauthorization, ClientMissing, PermissionRefused, CalendarMissing: a person has
            to act.
        OutOfQuota, ProviderUnavailable: not now; the next sync makes up for it.
        ProviderError: Google refuses this event; the next sync tries again.
    """
    if obstacle := find_obstacle(settings):
        raise obstacle
    say = want_event_now if is_wanted else decline_event
    # Now, and not when it is our turn: a sync that is under way takes it along.
    say(run_id, settings.google_calendar_id)
    with _worker(settings, patience, on_progress) as (worker, connection):
        ensure_calendar(connection)
        _work_off(settings, worker, connection, run_id)
        newest = find_newest_event(run_id, conn=connection)
        if is_wanted and newest is not None and newest.is_declined:
            # Only now it turned out that the event had been deleted in Google.
            want_event_now(run_id, settings.google_calendar_id, conn=connection)
            _work_off(settings, worker, connection, run_id)
            newest = find_newest_event(run_id, conn=connection)
        if newest is not None and newest.error is not None:
            raise ProviderError(newest.error)
        return worker.done


def _work_off(settings: Settings, worker: CalendarWorker, connection: AnyConnection, run_id: str) -> None:
    """Work until nothing is left to do for one run."""
    plan_calendar(settings, connection)
    while worker.work(run_id):
        plan_calendar(settings, connection)


def disconnect_calendar(
    settings: Settings,
    *,
    are_events_removed: bool,
    patience: Patience = _PATIENCE,
    on_progress: Callable[[str], object] = lambda _: None,
) -> CalendarWork:
    """Show runs on the calendar no more, and forget what Google granted.

    Args:
        settings: the account and the database.
        are_events_removed: whether the events go first; otherwise they stay as they are.
        patience: how time passes.
        on_progress: told what is being done.

    Returns:
        What was done.

    Raises:
        ProviderError: the events cannot be removed now; it is still connected then.
    """
    with _worker(settings, patience, on_progress) as (worker, connection):
        if are_events_removed:
            if obstacle := find_obstacle(settings):
                raise obstacle
            with connection.transaction():
                want_no_events(connection)
                # Should this come to no end, it is still connected, and the next sync shows all runs again.
                record_rules("", conn=connection)
            worker.begin()
            while worker.work():
                pass
        with connection.transaction():
            if not worker.done.failed:
                end_calendar(conn=connection)
                remove_connection(PROVIDER, conn=connection)
        return worker.done


@contextmanager
def _worker(
    settings: Settings, patience: Patience, on_progress: Callable[[str], object]
) -> Iterator[tuple[CalendarWorker, AnyConnection]]:
    access = GoogleAccess(settings, clock=patience.clock)
    api = CalendarApi(lambda: calendar_service(settings.google_api_url, access.credentials()))
    with (
        holding_turn(_TURN, on_wait=lambda: on_progress("Waiting for another sync of the calendar.")),
        closing(api),
        connect() as connection,
    ):
        yield CalendarWorker(settings, connection, api, patience, on_progress), connection
