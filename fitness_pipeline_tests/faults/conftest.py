"""Databases to begin with: migrated ones, and ones that were synced once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.conftest import create_database, drop_database
from fitness_pipeline_tests.faults import hevy_lives, hevy_stories, strava_lives, strava_stories
from fitness_pipeline_tests.faults.calendar_fixtures import begin_with_calendar, calendar_beginnings
from fitness_pipeline_tests.faults.rewinding import Rewinding
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.scratch import scratch, scratch_session

__all__ = ["begin_with_calendar", "calendar_beginnings", "scratch", "scratch_session"]


@pytest.fixture(scope="session")
def synced_template(
    server: EmbeddedServer, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database with all that Strava's `first_world` has, and with edits of the runner."""
    name = "template_synced"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ENV", "test")
        environment.setenv("FITNESS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        world = strava_stories.first_world()
        with strava_lives.living(server, environment, migrated_template, world, NOW) as life:
            strava_lives.connect(life.world)
            assert life.attempt().error is None
            strava_stories.edit_as_the_runner(life.connection)
            own = life.connection.info.dbname
            life.connection.close()
            create_database(server, name, template=own)
    yield name
    drop_database(server, name)


@pytest.fixture
def begin(
    server: EmbeddedServer,
    migrated_template: str,
    synced_template: str,
    environment: pytest.MonkeyPatch,
    data_dir: Path,
) -> strava_lives.Beginning:
    """Begins lives with Strava."""
    return strava_lives.Beginning(server, environment, fresh=migrated_template, synced=synced_template)


@pytest.fixture(scope="session")
def fresh_for_hevy(server: EmbeddedServer, migrated_template: str) -> Iterator[Rewinding]:
    """A migrated database."""
    with hevy_lives.opened_database(server, migrated_template) as (connection, url):
        yield Rewinding(connection, url)


@pytest.fixture(scope="session")
def synced_with_hevy(
    server: EmbeddedServer, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rewinding]:
    """A database with all that Hevy's `first_world` has."""
    with (
        hevy_lives.opened_database(server, migrated_template) as (connection, url),
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("ENV", "test")
        environment.setenv("FITNESS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        world, clock = hevy_stories.first_world(), SettableClock(NOW)
        with hevy_lives.living(environment, connection, url, world, clock) as life:
            assert life.attempt().error is None
        yield Rewinding(connection, url)


@pytest.fixture
def begin_with_hevy(
    fresh_for_hevy: Rewinding,
    synced_with_hevy: Rewinding,
    environment: pytest.MonkeyPatch,
    data_dir: Path,
) -> hevy_lives.Beginning:
    """Begins lives with Hevy."""
    return hevy_lives.Beginning(environment, fresh=fresh_for_hevy, synced=synced_with_hevy)
