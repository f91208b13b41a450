"""Fixtures: an empty Hevy, and a database that is set back to a fresh one before each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.faults.hevy_lives import opened_database
from fitness_pipeline_tests.faults.rewinding import Rewinding
from fitness_pipeline_tests.hevy import HevySyncer, serving


@pytest.fixture(scope="session")
def hevy_session(server: EmbeddedServer, migrated_template: str) -> Iterator[Rewinding]:
    """A migrated database."""
    with opened_database(server, migrated_template) as (connection, url):
        yield Rewinding(connection, url)


@pytest.fixture
def connection(hevy_session: Rewinding, environment: pytest.MonkeyPatch) -> AnyConnection:
    """A connection to that database, which the settings name."""
    hevy_session.rewind()
    environment.setenv("DATABASE_URL", hevy_session.url)
    return hevy_session.connection


@pytest.fixture
def hevy(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, connection: AnyConnection
) -> Iterator[HevySandbox]:
    """An empty Hevy that the settings name."""
    with serving(clock, environment) as sandbox:
        yield sandbox


@pytest.fixture
def sync(hevy: HevySandbox, clock: SettableClock) -> HevySyncer:
    """A function that reads that Hevy."""
    return HevySyncer(hevy, clock)
