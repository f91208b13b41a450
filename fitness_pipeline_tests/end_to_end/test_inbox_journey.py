"""A CSV that is dropped into the inbox becomes runs, without another touch, while `up` runs."""

import hashlib
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from fitness_pipeline.db import embedded
from fitness_pipeline_tests.builders import Workout, write_export
from fitness_pipeline_tests.stack.running import Up, running

DAGSTER_RUNS = "{ runsOrError { ... on Runs { results { status } } } }"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    # Not tmp_path: its parents are closed to the user whom the server runs as when the tests run as root.
    with tempfile.TemporaryDirectory(prefix="fitness-journey-") as folder:
        yield Path(folder)
        embedded.stop(Path(folder) / "postgres")


def test_a_file_in_the_inbox_becomes_runs_and_nothing_stays_behind_when_it_is_stopped(
    data_dir: Path,
) -> None:
    environment = {"ENV": "journey", "FITNESS_DATA_DIR": str(data_dir), "HOME": str(data_dir)}
    with running(environment, data_dir / "output.txt") as up:
        up.wait_until_ready()
        server = embedded.find_running(data_dir / "postgres")
        assert server is not None
        url = server.url("fitness_journey")

        # The second file cannot be recorded as long as a rival may be recording the same content.
        rival = psycopg.connect(url)
        inbox, archive = data_dir / "inbox", data_dir / "archive"
        write_export(inbox / "first.csv", [Workout(id=1), Workout(id=2)])
        _record(rival, write_export(inbox / "second.csv", [Workout(id=3)]))

        # The first one becomes runs.
        up.wait_until(lambda: _statuses(up) == ["STARTED", "SUCCESS"])
        assert _run_ids(url) == ["mmf_1", "mmf_2"]
        assert [path.name for path in inbox.iterdir()] == ["second.csv"]
        assert [path.name for path in archive.iterdir()] == ["first.csv"]

        # A second stack is refused.
        second = subprocess.run(
            [sys.executable, "-m", "fitness_pipeline.cli.app", "up"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 2
        assert f"(process {up.process.pid}); its UI is at {up.url}" in second.stderr

        # In the middle of the second file, everything ends but the database.
        assert up.end(signal.SIGTERM) == 0
        rival.close()
        assert up.living == []
        assert "Stopped. Postgres goes on running" in up.said
        assert _run_ids(url) == ["mmf_1", "mmf_2"]
        with psycopg.connect(server.url("fitness_journey_dagster")) as connection:
            statuses = connection.execute("select status from runs order by id").fetchall()
        assert statuses == [("SUCCESS",), ("FAILURE",)]


def _record(connection: psycopg.Connection[tuple[object, ...]], path: Path) -> None:
    """Record a file as ingested, in a transaction that stays open."""
    connection.execute(
        """
        insert into raw.ingested_files (provider, sha256, name, size_bytes, status)
        values ('mmf', %s, 'rival.csv', 1, 'imported')
        """,
        [hashlib.sha256(path.read_bytes()).hexdigest()],
    )


def _statuses(up: Up) -> list[str]:
    """What the UI shows of the Dagster runs, newest first."""
    answer = httpx.post(f"{up.url}/graphql", json={"query": DAGSTER_RUNS}, timeout=30, trust_env=False)
    return [run["status"] for run in answer.json()["data"]["runsOrError"]["results"]]


def _run_ids(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [id for (id,) in connection.execute("select id from runs order by id")]
