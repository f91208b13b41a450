"""A database that is fresh for every test at next to no cost, for tests that need one connection only."""

from collections.abc import Iterator

import pytest

from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline_tests.conftest import create_database, drop_database


@pytest.fixture(scope="session")
def scratch_session(server: EmbeddedServer, migrated_template: str) -> Iterator[AnyConnection]:
    """A connection to a migrated database in which nothing is ever committed."""
    name = create_database(server, template=migrated_template)
    with open_connection(server.url(name)) as connection:
        yield connection
    drop_database(server, name)


@pytest.fixture
def scratch(scratch_session: AnyConnection) -> Iterator[AnyConnection]:
    """A connection inside a transaction that is rolled back at the end; `now()` stands still in it."""
    with scratch_session.transaction(force_rollback=True):
        yield scratch_session
