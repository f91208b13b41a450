"""A database and a Strava of its own for each case, and syncs that lose no time with waiting."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from pydantic import SecretStr

from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.errors import ProviderError
from fitness_pipeline.providers.strava.consent import Consent
from fitness_pipeline.providers.strava.oauth import PROVIDER, REQUESTED_SCOPES
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.rows import Row
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.connect_strava import connect_strava
from fitness_pipeline.steps.read_strava_activities import ActivitiesRead, read_strava_activities
from fitness_pipeline.steps.read_strava_gear import GearCounts, read_strava_gear
from fitness_pipeline.steps.strava_client import configured_client
from fitness_pipeline.steps.strava_plan import ReadRequest
from fitness_pipeline.steps.strava_session import Waiting, open_strava_api
from fitness_pipeline.token_keys import TokenKeys
from fitness_pipeline_tests.conftest import create_database, drop_database
from fitness_pipeline_tests.faults.strava_stories import Story, first_world
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.strava import Syncer

# Of the stored tokens; the same for all databases that are copied from one.
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


class HastySyncer(Syncer):
    """Syncs, and asks again at once after a failure.

    Attributes:
        waiting: how long it waits for an answer.
    """

    def __init__(self, sandbox: StravaSandbox, clock: SettableClock) -> None:
        super().__init__(sandbox, clock)
        self.waiting: Waiting = {"sleep": lambda _: None}

    def read(self, on_progress: Callable[[str], object] = lambda _: None, **wanted: Any) -> ActivitiesRead:
        """Bring what is asked for as far as `raw`."""
        return read_strava_activities(
            load_settings(),
            ReadRequest(**wanted),
            clock=self.clock,
            on_progress=on_progress,
            **self.waiting,
        )

    def read_gear(self, *, is_full: bool = False) -> GearCounts:
        """Ask for gear that is not known."""
        with open_strava_api(load_settings(), is_live=True, clock=self.clock, **self.waiting) as api:
            return read_strava_gear(api, is_full=is_full, clock=self.clock)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How a sync ended.

    Attributes:
        error: what ended the first step, and with it the others.
        read: what the first step did.
        gear: what the second one did.
    """

    error: ProviderError | None = None
    read: ActivitiesRead | None = None
    gear: GearCounts | None = None


@dataclass(frozen=True)
class Life:
    """A database, and the Strava that it is synced with."""

    connection: AnyConnection
    sandbox: StravaSandbox
    clock: SettableClock
    sync: HastySyncer
    environment: pytest.MonkeyPatch

    @property
    def world(self) -> StravaWorld:
        """What Strava knows."""
        return self.sandbox.world

    def rows(self) -> dict[int, Row]:
        """The activities that Strava has, by id."""
        return {row["id"]: row for row in self.world.activities.rows()}

    def attempt(self, **wanted: Any) -> Attempt:
        """Sync as the job does: a step that fails ends those that come after it."""
        try:
            read = self.sync.read(**wanted)
        except ProviderError as error:
            return Attempt(error=error)
        gear = self.sync.read_gear(is_full=bool(wanted.get("is_full")))
        self.sync.finish()
        return Attempt(read=read, gear=gear)

    def be_patient(self, seconds: float | None) -> None:
        """Wait for an answer of Strava's for so many seconds; None is as usual."""
        self.sync.waiting.pop("timeout_seconds", None)
        if seconds is not None:
            self.sync.waiting["timeout_seconds"] = seconds

    def connect_again(self) -> None:
        """Connect as before: by a command, or by a variable where nothing is stored."""
        known = find_connection(PROVIDER, conn=self.connection)
        if known is not None and known.is_stored:
            connect(self.world)
        else:
            self.environment.setenv("STRAVA_REFRESH_TOKEN", self.world.oauth.connect())


class Beginning:
    """Begins lives, each on a database that is copied from one of two.

    Args:
        server: where they are.
        environment: to be changed.
        fresh: a migrated database.
        synced: one with all that `first_world` has, and with edits of the runner.
    """

    def __init__(
        self, server: EmbeddedServer, environment: pytest.MonkeyPatch, *, fresh: str, synced: str
    ) -> None:
        self._server = server
        self._environment = environment
        self._fresh = fresh
        self._synced = synced

    @contextmanager
    def __call__(self, story: Story) -> Iterator[Life]:
        """Begin a life that has come to the sync of a story."""
        world = first_world()
        world.oauth.connect()
        if not story.is_first:
            # As when the other database was made, so that the tokens which are stored there work.
            world.oauth.exchange(consent(world).code.get_secret_value(), NOW)
        story.happen(world)
        template = self._fresh if story.is_first else self._synced
        with living(self._server, self._environment, template, world, NOW + story.later) as life:
            yield life


@contextmanager
def living(
    server: EmbeddedServer, environment: pytest.MonkeyPatch, template: str, world: StravaWorld, now: datetime
) -> Iterator[Life]:
    """A copy of a database, and a Strava, which the settings name."""
    name = create_database(server, template=template)
    clock = SettableClock(now)
    with StravaSandbox(world, clock=clock) as sandbox, open_connection(server.url(name)) as connection:
        set_environment(environment, sandbox, server.url(name))
        yield Life(connection, sandbox, clock, HastySyncer(sandbox, clock), environment)
    drop_database(server, name)


def consent(world: StravaWorld) -> Consent:
    """The athlete consents; equal worlds give equal codes, and equal tokens for them."""
    answer = world.oauth.authorize(REQUESTED_SCOPES)
    assert answer is not None
    code, scopes = answer
    return Consent(SecretStr(code), tuple(scopes))


def connect(world: StravaWorld) -> None:
    """Connect as `fitness-pipeline auth strava` does."""
    settings = load_settings()
    connect_strava(configured_client(settings), consent(world), TokenKeys.of(settings))


def set_environment(environment: pytest.MonkeyPatch, sandbox: StravaSandbox, database_url: str) -> None:
    """Have the settings name a Strava and a database."""
    for variable, value in sandbox.environment().items():
        environment.setenv(variable, value)
    environment.setenv("DATABASE_URL", database_url)
    environment.setenv("TOKEN_ENCRYPTION_KEY", KEY)
