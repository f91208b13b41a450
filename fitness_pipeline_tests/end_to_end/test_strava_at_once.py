"""Two `fitness-pipeline sync strava` at the same time, on a database that neither has seen, end like one."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Hold
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.conftest import create_database, drop_database
from fitness_pipeline_tests.faults.endings import assert_whole, differences, ending_of
from fitness_pipeline_tests.strava import LIST, Syncer

COMMAND = [sys.executable, "-m", "fitness_pipeline.cli.app", "sync", "strava"]
RUNS = 230


@pytest.fixture
def sandbox(environment: pytest.MonkeyPatch, data_dir: Path) -> Iterator[StravaSandbox]:
    """A Strava that the settings name, with more runs than a page holds."""
    with StravaSandbox() as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        serving.world.gear.put(Gear(id="g1", brand="Brooks", model="Ghost 15"))
        now = datetime.now(UTC)
        for number in range(RUNS):
            start = now - timedelta(hours=20 * number + 1)
            serving.world.activities.add(Outing(start=start, gear_id="g1", recorder=None))
        yield serving


def test_two_commands_at_once_end_like_one(
    sandbox: StravaSandbox,
    connection: AnyConnection,
    server: EmbeddedServer,
    migrated_template: str,
    environment: pytest.MonkeyPatch,
) -> None:
    hold = Hold()
    sandbox.faults.order(hold, path=LIST)
    processes = [
        subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    waiting = "select count(*) from pg_locks where not granted and locktype = 'advisory'"
    while not fetch_value(connection, waiting):
        assert all(process.poll() is None for process in processes)
    hold.release()
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0, said
    assert sandbox.log.count("/oauth/token") == 1
    assert_whole(connection)
    found = ending_of(connection)
    assert len(found.values["public.runs"]) == RUNS

    name = create_database(server, template=migrated_template)
    environment.setenv("DATABASE_URL", server.url(name))
    environment.setenv("STRAVA_REFRESH_TOKEN", str(sandbox.world.oauth.refresh_token))
    with open_connection(server.url(name)) as another:
        Syncer(sandbox, SettableClock(datetime.now(UTC)))()
        # The one may make runs before the other knows their shoes.
        assert differences(found, ending_of(another), with_steps=False) == {}
    drop_database(server, name)
