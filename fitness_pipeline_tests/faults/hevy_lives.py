"""A database and a Hevy of its own for each case, and syncs that lose no time with waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest

from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.exercise_templates import write_exercise_templates
from fitness_pipeline.db.hevy_feed import find_feed_top
from fitness_pipeline.db.hevy_workouts import count_workouts
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.errors import ProviderError
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.steps.normalize_hevy import is_hevy_behind, normalize_hevy
from fitness_pipeline.steps.read_hevy import HevyRead
from fitness_pipeline.steps.read_hevy_templates import TemplateCounts
from fitness_pipeline_tests.conftest import create_database, drop_database
from fitness_pipeline_tests.faults.hevy_model import assert_lifts_are_the_workouts, assert_templates_are_those
from fitness_pipeline_tests.faults.hevy_stories import Story, first_world
from fitness_pipeline_tests.faults.rewinding import Rewinding
from fitness_pipeline_tests.hevy import HevySyncer
from fitness_pipeline_tests.moments import NOW

Position = tuple[datetime | None, list[bytes]]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How a sync ended.

    Attributes:
        error: what ended the first step, and with it the others.
        read: what the first step did.
        templates: what the second one did.
    """

    error: ProviderError | None = None
    read: HevyRead | None = None
    templates: TemplateCounts | None = None


@dataclass(frozen=True)
class Life:
    """A database, and the Hevy that it is synced with."""

    connection: AnyConnection
    sandbox: HevySandbox
    clock: SettableClock
    sync: HevySyncer

    @property
    def world(self) -> HevyWorld:
        """What Hevy knows."""
        return self.sandbox.world

    @property
    def position(self) -> Position:
        """How far Hevy was read: the watermark, and what was at the top of the feed."""
        watermark = get_last_sync_time("hevy", conn=self.connection)
        return watermark, find_feed_top(conn=self.connection)

    def attempt(self, *, is_full: bool = False, checks_count: bool = False) -> Attempt:
        """Sync as the job does: a step that fails ends those that come after it."""
        try:
            read = self.sync.read(is_full=is_full, checks_count=checks_count)
        except ProviderError as error:
            return Attempt(error=error)
        templates = self.sync.read_templates(is_full=is_full or checks_count)
        self.finish()
        return Attempt(read=read, templates=templates)

    def finish(self) -> None:
        """Bring what is in `raw` as far as `lifts` and `exercise_templates`."""
        normalize_hevy(conn=self.connection)
        write_exercise_templates(conn=self.connection)

    def be_patient(self, seconds: float | None) -> None:
        """Wait for an answer of Hevy's for so many seconds; None is as usual."""
        self.sync.waiting.pop("timeout_seconds", None)
        if seconds is not None:
            self.sync.waiting["timeout_seconds"] = seconds


class Beginning:
    """Begins lives, each on a database that is as it was: a migrated one, or one that was synced once.

    Args:
        environment: to be changed.
        fresh: a migrated database.
        synced: one with all that `first_world` has.
    """

    def __init__(self, environment: pytest.MonkeyPatch, *, fresh: Rewinding, synced: Rewinding) -> None:
        self._environment = environment
        self._fresh = fresh
        self._synced = synced

    @contextmanager
    def __call__(self, story: Story) -> Iterator[Life]:
        """Begin a life that has come to the sync of a story."""
        database = self._fresh if story.is_first else self._synced
        database.rewind()
        clock = SettableClock(NOW)
        with living(self._environment, database.connection, database.url, first_world(), clock) as life:
            story.happen(life.world, clock)
            clock.now = NOW + story.later
            yield life


@contextmanager
def living(
    environment: pytest.MonkeyPatch,
    connection: AnyConnection,
    database_url: str,
    world: HevyWorld,
    clock: SettableClock,
) -> Iterator[Life]:
    """A database and a Hevy, which the settings name."""
    with HevySandbox(world, clock=clock) as sandbox:
        for variable, value in sandbox.environment().items():
            environment.setenv(variable, value)
        environment.setenv("DATABASE_URL", database_url)
        yield Life(connection, sandbox, clock, HevySyncer(sandbox, clock))


def assert_all_is_here(life: Life) -> None:
    """Make sure that what is here is what Hevy has, each workout once, and that nothing is left to do."""
    assert_lifts_are_the_workouts(life.connection, life.world)
    assert_templates_are_those(life.connection, life.world)
    assert count_workouts(conn=life.connection).total == len(life.world.workouts)
    assert not is_hevy_behind(conn=life.connection)


@contextmanager
def opened_database(server: EmbeddedServer, template: str) -> Iterator[tuple[AnyConnection, str]]:
    """A copy of a database, as a connection and a URL."""
    name = create_database(server, template=template)
    with open_connection(server.url(name)) as connection:
        yield connection, server.url(name)
    drop_database(server, name)
