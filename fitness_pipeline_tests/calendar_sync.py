"""A connected Google Calendar that the settings name, and syncs to it that lose no time with waiting."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from psycopg import sql
from psycopg.rows import dict_row
from pydantic import SecretStr

from fitness_pipeline.calendar.event_content import CONTENT_HASH, RUN_ID, RUN_VERSION
from fitness_pipeline.db.connection import AnyConnection, connect, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.oauth_credentials import Credentials, store_credentials
from fitness_pipeline.db.provider_connections import record_connected
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.models import NewRun
from fitness_pipeline.providers.google_calendar.consent import SCOPE
from fitness_pipeline.providers.google_calendar.oauth import PROVIDER
from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.calendar_worker import CalendarWork, Patience
from fitness_pipeline.steps.plan_calendar import CalendarPlan, preview_calendar
from fitness_pipeline.steps.sync_calendar import disconnect_calendar, sync_calendar
from fitness_pipeline.token_keys import TokenKeys
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.conftest import create_database, drop_database
from fitness_pipeline_tests.moments import NOW

BATCH = "/batch/calendar/v3"
TOKEN = "/token"  # noqa: S105 - a path


# What a test of the calendar leaves behind; those that refer to others come first.
_TABLES = (
    "normalized.calendar_changes",
    "normalized.calendar_events",
    "normalized.calendar",
    "normalized.connections",
    "synced_runs",
    "oauth_credentials",
    "runs_history",
    "runs",
    "shoes",
)


@dataclass(frozen=True)
class CalendarDatabase:
    """A migrated database for many tests, which is much faster than a new one for each.

    Attributes:
        connection: to it, in autocommit mode.
        url: of it.
    """

    connection: AnyConnection
    url: str

    def empty(self) -> None:
        """Forget what the last test left."""
        for table in _TABLES:
            self.connection.execute(sql.SQL("delete from {}").format(sql.Identifier(*table.split("."))))


@contextmanager
def calendar_database(server: EmbeddedServer, template: str) -> Iterator[CalendarDatabase]:
    """A copy of a database, dropped at the end."""
    name = create_database(server, template=template)
    with open_connection(server.url(name)) as connection:
        yield CalendarDatabase(connection, server.url(name))
    drop_database(server, name)


class CalendarSyncer:
    """Brings the calendar in step with the runs.

    Attributes:
        clock: the time, for Google and for us; it stands still during a sync.
        slept: for how many seconds a sync would have waited, each time.
        told: the sentences that it told.
        patience: how time passes; may be replaced.
    """

    def __init__(self, sandbox: GoogleCalendarSandbox, clock: SettableClock) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.clock = clock
        self.slept: list[float] = []
        self.told: list[str] = []
        self.patience = Patience(clock=clock, sleep=self.slept.append, chance=lambda: 1.0)

    def __call__(self, *, since: date | None = None) -> CalendarWork:
        """Sync."""
        return sync_calendar(
            load_settings(), since=since, patience=self.patience, on_progress=self.told.append
        )

    def preview(self, *, since: date | None = None) -> CalendarPlan:
        """Tell what a sync would do."""
        return preview_calendar(load_settings(), now=self.clock(), since=since)

    def disconnect(self, *, are_events_removed: bool) -> CalendarWork:
        """Disconnect the calendar."""
        return disconnect_calendar(
            load_settings(),
            are_events_removed=are_events_removed,
            patience=self.patience,
            on_progress=self.told.append,
        )

    @property
    def calendar(self) -> Calendar:
        """The calendar that the settings name."""
        return self.world.calendar(load_settings().google_calendar_id)

    def event(self, run_id: str) -> Row:
        """The one live event of a run."""
        (found,) = (row for row in self.calendar.live() if private(row).get(RUN_ID) == run_id)
        return found

    def shown(self) -> set[tuple[str, str]]:
        """Run ids and versions on the calendar; no run has two events there."""
        told = [private(row) for row in self.calendar.live()]
        assert len({of_it[RUN_ID] for of_it in told}) == len(told), "two events for one run"
        return {(of_it[RUN_ID], of_it[RUN_VERSION]) for of_it in told}


@contextmanager
def serving(
    clock: SettableClock, environment: pytest.MonkeyPatch, world: GoogleCalendarWorld | None = None
) -> Iterator[GoogleCalendarSandbox]:
    """A Google that the settings name while it is entered; nobody is connected yet."""
    with GoogleCalendarSandbox(world, clock=clock) as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        yield sandbox


def connect_google(sandbox: GoogleCalendarSandbox, at: datetime = NOW) -> None:
    """Store what Google granted at an instant; the first request needs a new access token."""
    settings = load_settings()
    client = sandbox.world.oauth.client
    credentials = Credentials(
        client_id=client.id,
        client_secret=SecretStr(client.secret),
        access_token=SecretStr("ya29.over"),
        refresh_token=SecretStr(sandbox.world.oauth.connect()),
        expires_at=at,
    )
    with connect() as connection, connection.transaction():
        store_credentials(connection, PROVIDER, credentials, TokenKeys.of(settings).cipher_for_storing)
        record_connected(PROVIDER, scopes=[SCOPE], athlete_id=None, conn=connection)
        connection.execute(
            "update normalized.connections set connected_at = %s where provider = %s", [at, PROVIDER]
        )


@contextmanager
def connected(
    environment: pytest.MonkeyPatch, world: GoogleCalendarWorld | None = None, *, at: datetime = NOW
) -> Iterator[CalendarSyncer]:
    """Syncs to a Google that the settings name while it is entered; it was connected just now."""
    clock = SettableClock(at)
    with serving(clock, environment, world) as sandbox:
        connect_google(sandbox, at)
        yield CalendarSyncer(sandbox, clock)


def run(number: int = 1, **values: Any) -> NewRun:
    """A run of Strava's so many days ago, five miles in three quarters of an hour, but for what is given."""
    usual = {"datetime_utc": NOW - timedelta(days=number), "distance": 5.0, "duration": 2700.0}
    return new_run(f"strava_{number}", **{**usual, **values})


def add_runs(connection: AnyConnection, count: int) -> list[str]:
    """Store runs of the last days; return their ids, newest first."""
    runs = [run(number) for number in range(1, count + 1)]
    create_runs(connection, *runs)
    return [one.id for one in runs]


def private(row: Row) -> dict[str, str]:
    """What an event tells programs of itself."""
    told: dict[str, str] = row.get("extendedProperties", {}).get("private", {})
    return {name: told[name] for name in (RUN_ID, RUN_VERSION, CONTENT_HASH) if name in told}


def event_id(connection: AnyConnection, run_id: str, generation: int = 0) -> str:
    """The id of an event of a run."""
    return str(fetch_value(connection, "select normalized.calendar_event_id(%s, %s)", [run_id, generation]))


def known_events(connection: AnyConnection) -> list[dict[str, Any]]:
    """The rows of `normalized.calendar_events`, in the order of runs and generations."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select * from normalized.calendar_events order by run_id, generation"
        ).fetchall()


def synced_runs(connection: AnyConnection) -> dict[str, Sequence[Any]]:
    """What `synced_runs` says of each run: its status, the version and the error."""
    rows = connection.execute(
        "select run_id, sync_status, run_version, error_message from synced_runs order by run_id"
    ).fetchall()
    return {run_id: said for run_id, *said in rows}
