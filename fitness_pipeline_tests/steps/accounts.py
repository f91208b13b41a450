"""Accounts at Strava and Google that tokens come from, and what is stored of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg.rows import tuple_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.oauth_credentials import Credentials, lock_credentials
from fitness_pipeline.errors import ProviderError
from fitness_pipeline.sandbox.google_calendar import errors as google_errors
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline.sandbox.strava import errors as strava_errors
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps import google_access, strava_access
from fitness_pipeline.steps.provider_access import ProviderAccess
from fitness_pipeline.token_keys import TokenKeys
from fitness_pipeline_tests.faults.hevy_lives import opened_database
from fitness_pipeline_tests.faults.rewinding import Rewinding
from fitness_pipeline_tests.google_consents import agree

# With less than this left, a token is refreshed.
MARGIN = timedelta(minutes=5)
TICK = timedelta(seconds=1)
TABLES = (("public", "oauth_credentials"), ("normalized", "connections"))


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account that the settings name, at a provider that tokens come from.

    Attributes:
        name: of the provider.
        sandbox: where it is.
        clock: the time, for the provider and for us.
        lifetime: of an access token.
        rotates: whether a refresh ends the former refresh token.
        token_path: where tokens are asked for.
        secret_variable: the setting with the application's secret.
        refusals: answers without a token, by what they are.
        access: opens access as another process has it.
        find_obstacle: tells why the provider cannot be asked.
    """

    name: str
    sandbox: StravaSandbox | GoogleCalendarSandbox
    clock: SettableClock
    lifetime: timedelta
    rotates: bool
    token_path: str
    secret_variable: str
    refusals: Mapping[str, Reply]
    access: Callable[[], ProviderAccess]
    find_obstacle: Callable[[AnyConnection], ProviderError | None]

    @property
    def almost_over(self) -> timedelta:
        """After how long a token is refreshed."""
        return self.lifetime - MARGIN + TICK

    def count_refreshes(self) -> int:
        """Count how often tokens were asked for."""
        return self.sandbox.log.count(self.token_path)


@contextmanager
def strava_account(clock: SettableClock, environment: pytest.MonkeyPatch) -> Iterator[Account]:
    """A Strava that the settings name, with a refresh token to begin with."""
    with StravaSandbox(clock=clock) as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        yield Account(
            name="strava",
            sandbox=sandbox,
            clock=clock,
            lifetime=timedelta(hours=6),
            rotates=True,
            token_path="/oauth/token",  # noqa: S106 - a path
            secret_variable="STRAVA_CLIENT_SECRET",  # noqa: S106 - a name
            refusals={
                "an outage": strava_errors.outage(),
                "too many requests": strava_errors.rate_limited(),
                "a wrong address": strava_errors.not_found(),
            },
            access=lambda: strava_access.StravaAccess(load_settings(), clock=clock),
            find_obstacle=lambda connection: strava_access.find_obstacle(load_settings(), conn=connection),
        )


@contextmanager
def google_account(clock: SettableClock, environment: pytest.MonkeyPatch) -> Iterator[Account]:
    """A Google that the settings name and that is connected."""
    with GoogleCalendarSandbox(clock=clock) as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        agree(now=clock())
        yield Account(
            name="google",
            sandbox=sandbox,
            clock=clock,
            lifetime=timedelta(seconds=3599),
            rotates=False,
            token_path="/token",  # noqa: S106 - a path
            secret_variable="GOOGLE_CLIENT_SECRET",  # noqa: S106 - a name
            refusals={
                "an outage": google_errors.backend_error(503),
                "too many requests": google_errors.rate_limited(429),
                "a wrong address": google_errors.not_found(),
            },
            access=lambda: google_access.GoogleAccess(load_settings(), clock=clock),
            find_obstacle=lambda connection: google_access.find_obstacle(load_settings(), conn=connection),
        )


def stored(connection: AnyConnection, provider: str) -> Credentials:
    """The credentials that are stored."""
    with connection.transaction():
        found = lock_credentials(connection, provider, TokenKeys.of(load_settings()).cipher)
    assert found is not None
    return found


def rows(connection: AnyConnection) -> list[object]:
    """All that is stored of accounts, as it lies in the tables."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [
            *cursor.execute("select * from oauth_credentials"),
            *cursor.execute("select * from normalized.connections"),
        ]


@pytest.fixture(scope="session")
def accounts_session(server: EmbeddedServer, migrated_template: str) -> Iterator[Rewinding]:
    """A migrated database."""
    with opened_database(server, migrated_template) as (connection, url):
        yield Rewinding(connection, url, TABLES)


@pytest.fixture
def database_url(accounts_session: Rewinding, environment: pytest.MonkeyPatch, data_dir: Path) -> str:
    """The URL of that database, which knows of no account, and which the settings name."""
    accounts_session.rewind()
    environment.setenv("DATABASE_URL", accounts_session.url)
    return accounts_session.url


@pytest.fixture
def connection(accounts_session: Rewinding, database_url: str) -> AnyConnection:
    """A connection to it."""
    return accounts_session.connection
