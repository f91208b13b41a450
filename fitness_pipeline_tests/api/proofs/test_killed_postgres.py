"""Postgres is killed while requests come, and started again."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from fitness_pipeline.api.app import create_app
from fitness_pipeline.db import embedded, migrations
from fitness_pipeline.db.api_tokens import mint_token
from fitness_pipeline.db.connection import open_connection
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.api.conftest import serving
from fitness_pipeline_tests.api.proofs.crowd import Answers, ask_at_once
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.conftest import create_database

CLIENTS = 30
# What a request may wait for a connection, and for its turn among so many.
PATIENCE_SECONDS = 10.0


@pytest.fixture
def own_server() -> Iterator[embedded.EmbeddedServer]:
    """A server that may be killed."""
    folder = Path(tempfile.mkdtemp(prefix="fitness-killed-"))
    yield embedded.ensure_running(folder / "postgres")
    embedded.stop(folder / "postgres")
    shutil.rmtree(folder)


def test_a_killed_server_is_503_until_it_is_back(
    own_server: embedded.EmbeddedServer, data_dir: Path, environment: pytest.MonkeyPatch
) -> None:
    url = own_server.url(create_database(own_server, "killed"))
    migrations.upgrade(url)
    environment.setenv("DATABASE_URL", url)
    with open_connection(url) as connection:
        create_runs(connection, *(new_run(f"mmf_{client}") for client in range(CLIENTS)))
        token = mint_token("a crowd", "editor", conn=connection).get_secret_value()
    app = create_app(load_settings())
    ended, pause = threading.Event(), threading.Event()

    def ask(client: int, turn: int) -> tuple[str, str, object]:
        if client % 2:
            return "PATCH", f"/runs/mmf_{client}", {"distance": 5 + turn}
        return "GET", "/runs", None

    with serving(app) as api, ThreadPoolExecutor(1) as pool:
        answers = Answers()
        crowd = pool.submit(
            ask_at_once, api, token, CLIENTS, ask, goes_on=lambda _: not ended.is_set(), answers=answers
        )
        try:
            while answers.statuses[200] < 2 * CLIENTS:
                pause.wait(0.01)
            kill(own_server)
            while not answers.statuses[503]:
                pause.wait(0.01)
            embedded.ensure_running(own_server.data_dir)
            before = answers.statuses[200]
            while answers.statuses[200] < before + 2 * CLIENTS:
                pause.wait(0.01)
        finally:
            ended.set()
        crowd.result()
        assert set(answers.statuses) == {200, 503}
        assert all('{"detail":"' in body for _, body in answers.others)
        assert max(answers.seconds) < PATIENCE_SECONDS + 1
        # What is not back yet comes back by itself.
        while (stats := app.state.pool.get_stats())["pool_size"] != stats["pool_available"]:
            pause.wait(0.01)
    with open_connection(url) as connection:
        torn = connection.execute(
            """
            select id from runs join lateral (
                select count(*), max(version_number) from runs_history where run_id = id
            ) as versions on true
            where (count, max) is distinct from (version, version)
            """
        ).fetchall()
        assert torn == []


def kill(server: embedded.EmbeddedServer) -> None:
    """End the main process without any warning, and wait until it is gone."""
    process = psutil.Process(server.pid)
    os.kill(server.pid, signal.SIGKILL)
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        pass
