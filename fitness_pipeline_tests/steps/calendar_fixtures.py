"""Fixtures: a Google Calendar that was just connected, beside a database that is emptied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline_tests.calendar_sync import (
    CalendarDatabase,
    CalendarSyncer,
    calendar_database,
    connected,
)


@pytest.fixture(scope="session")
def calendar_session(server: EmbeddedServer, migrated_template: str) -> Iterator[CalendarDatabase]:
    """A database for all tests of the calendar."""
    with calendar_database(server, migrated_template) as made:
        yield made


@pytest.fixture
def connection(calendar_session: CalendarDatabase) -> AnyConnection:
    """A connection to it."""
    return calendar_session.connection


@pytest.fixture
def sync(
    calendar_session: CalendarDatabase, environment: pytest.MonkeyPatch, data_dir: Path
) -> Iterator[CalendarSyncer]:
    """Syncs to a Google Calendar that was just connected, and is empty as the database is."""
    calendar_session.empty()
    environment.setenv("DATABASE_URL", calendar_session.url)
    with connected(environment) as syncer:
        yield syncer
