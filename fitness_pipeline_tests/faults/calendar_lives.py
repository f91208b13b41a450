"""A database and a Google Calendar of its own for each case, and syncs that lose no time with waiting."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, connect_google, serving, synced_runs
from fitness_pipeline_tests.faults.calendar_model import Look, Shown, shown_event, shown_runs
from fitness_pipeline_tests.faults.calendar_stories import Story
from fitness_pipeline_tests.faults.hevy_lives import opened_database
from fitness_pipeline_tests.faults.rewinding import Rewinding
from fitness_pipeline_tests.moments import NOW

# Of the stored tokens; the same for all databases.
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
# What a case changes; those that are referred to come first, and last what makes triggers note a changed run.
TABLES = (
    ("public", "shoes"),
    ("public", "runs"),
    ("public", "runs_history"),
    ("public", "oauth_credentials"),
    ("normalized", "connections"),
    ("public", "synced_runs"),
    ("normalized", "calendar_events"),
    ("normalized", "calendar_changes"),
    ("normalized", "calendar"),
)


@dataclass(frozen=True)
class Life:
    """A database, and the calendar that it is synced with."""

    connection: AnyConnection
    sandbox: GoogleCalendarSandbox
    clock: SettableClock
    sync: CalendarSyncer

    @property
    def world(self) -> GoogleCalendarWorld:
        """What Google knows."""
        return self.sandbox.world

    def shown(self) -> list[Shown]:
        """Our events on all calendars; those that the runner made are left out."""
        return sorted(
            shown_event(calendar.id, row)
            for calendar in self.world.calendars()
            for row in calendar.live()
            if "extendedProperties" in row
        )

    def assert_it_shows(self, wanted: Collection[str], look: Look) -> None:
        """Make sure that just these runs are on the calendar, each once, and that it is known so."""
        expected = shown_runs(self.connection, wanted, look)
        assert self.shown() == sorted(expected.values())
        event_ids = {
            row["extendedProperties"]["private"]["fitness_run_id"]: row["id"]
            for row in self.world.calendar(look.calendar).live()
            if "extendedProperties" in row
        }
        assert synced_runs(self.connection) == {
            run_id: ["synced", int(shown.version), None] for run_id, shown in expected.items()
        }
        known = self.connection.execute("select run_id, google_event_id from synced_runs").fetchall()
        assert dict(known) == event_ids

    def assert_nothing_is_left_to_do(self) -> None:
        """Make sure that one more sync asks Google for nothing."""
        self.sandbox.log.clear()
        self.sync()
        assert self.sandbox.log.requests == []


class Beginning:
    """The time of a story's sync, to which one can come back.

    Attributes:
        story: which one.

    Args:
        story: which one.
        database: as it is then.
        world: a file with what Google has then.
    """

    def __init__(self, story: Story, database: Rewinding, world: Path) -> None:
        self.story = story
        self._database = database
        self._kept = world

    @contextmanager
    def __call__(self, environment: pytest.MonkeyPatch, world_file: Path) -> Iterator[Life]:
        """Come back; Google keeps what it has in a file."""
        self._database.rewind()
        world_file.write_bytes(self._kept.read_bytes())
        world = GoogleCalendarWorld.kept_in(world_file)
        # So that the tokens which are stored work: equal worlds issue equal ones.
        world.oauth.connect()
        database = self._database
        with living(environment, database.connection, database.url, world) as life:
            life.clock.now = NOW + self.story.later
            self.story.set_environment(environment)
            yield life


@contextmanager
def living(
    environment: pytest.MonkeyPatch, connection: AnyConnection, database_url: str, world: GoogleCalendarWorld
) -> Iterator[Life]:
    """A database and a Google, which the settings name."""
    clock = SettableClock(NOW)
    environment.setenv("DATABASE_URL", database_url)
    environment.setenv("TOKEN_ENCRYPTION_KEY", KEY)
    with serving(clock, environment, world) as sandbox:
        yield Life(connection, sandbox, clock, CalendarSyncer(sandbox, clock))


@contextmanager
def begun(server: EmbeddedServer, template: str, folder: Path, story: Story) -> Iterator[Beginning]:
    """Tell a story up to its sync."""
    kept = folder / f"{story.name}.json"
    world = GoogleCalendarWorld.kept_in(kept)
    with (
        opened_database(server, template) as (connection, url),
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("ENV", "test")
        environment.setenv("FITNESS_DATA_DIR", str(folder))
        with living(environment, connection, url, world) as life:
            connect_google(life.sandbox)
            story.happen(connection, world, life.sync)
        world.keep()
        yield Beginning(story, Rewinding(connection, url, TABLES), kept)
