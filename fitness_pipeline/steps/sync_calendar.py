"""Makes the calendar show the runs, whatever happened before."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date

from fitness_pipeline.db.calendar_events import want_no_events
from fitness_pipeline.db.calendars import end_calendar, record_rules
from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.locks import holding_turn
from fitness_pipeline.db.provider_connections import remove_connection
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
