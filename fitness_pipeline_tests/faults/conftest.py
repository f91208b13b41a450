"""Databases to begin with: a migrated one, and one that was synced once and edited since."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline_tests.conftest import create_database, drop_database
from fitness_pipeline_tests.faults.lives import Beginning, connect, living
from fitness_pipeline_tests.faults.stories import edit_as_the_runner, first_world
from fitness_pipeline_tests.scratch import scratch, scratch_session
from fitness_pipeline_tests.strava import NOW

__all__ = ["scratch", "scratch_session"]


@pytest.fixture(scope="session")
def synced_template(
    server: EmbeddedServer, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database with all that `first_world` has, and with edits of the runner."""
    name = "template_synced"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ENV", "test")
        environment.setenv("FITNESS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        with living(server, environment, migrated_template, first_world(), NOW) as life:
            connect(life.world)
            assert life.attempt().error is None
            edit_as_the_runner(life.connection)
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
) -> Beginning:
    """Begins lives."""
    return Beginning(server, environment, fresh=migrated_template, synced=synced_template)
