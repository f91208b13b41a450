"""Connections of the API: those that were cut, and those that wait for somebody."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from fitness_pipeline.api import pool
from fitness_pipeline.api.app import create_app
from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.api.conftest import serving
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.stack.running import eventually

SIZE = 3


@pytest.fixture
def app(database_url: str, data_dir: Path, environment: pytest.MonkeyPatch) -> FastAPI:
    """An API with few connections."""
    environment.setenv("API_POOL_SIZE", str(SIZE))
    return create_app(load_settings())


@pytest.fixture
def api_url(app: FastAPI) -> Iterator[str]:
    """Where it answers."""
    with serving(app) as url:
        yield url


def cut_all(app: FastAPI, connection: AnyConnection) -> None:
    """End every connection of the pool, after having it open as many as it may."""
    with ExitStack() as borrowed:
        for _ in range(SIZE):
            borrowed.enter_context(app.state.pool.connection())
    cut = connection.execute(
        """
        select pg_terminate_backend(pid, 60_000) from pg_stat_activity
        where datname = current_database() and application_name = 'fitness-pipeline api'
        """
    ).fetchall()
    assert cut == [(True,)] * SIZE


def test_nobody_notices_that_all_connections_were_cut(
    app: FastAPI, stranger: httpx.Client, connection: AnyConnection
) -> None:
    cut_all(app, connection)
    assert [stranger.get("/health").status_code for _ in range(SIZE)] == [200] * SIZE


def test_what_borrows_a_connection_by_itself_notices_nothing_either(
    app: FastAPI, api_url: str, connection: AnyConnection
) -> None:
    cut_all(app, connection)
    with app.state.pool.connection() as borrowed:
        assert fetch_value(borrowed, "select 1") == 1


def test_edits_of_what_is_locked_give_up_before_others_do(
    app: FastAPI, editor: httpx.Client, connection: AnyConnection, database_url: str
) -> None:
    create_runs(connection, new_run("mmf_1"))

    def edit(distance: int) -> httpx.Response:
        return editor.patch("/runs/mmf_1", json={"distance": distance}, timeout=60)

    def are_all_connections_waiting() -> bool:
        waiting = """
            select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'
        """
        return bool(fetch_value(connection, waiting) == SIZE)

    with ThreadPoolExecutor(SIZE) as threads, open_connection(database_url) as another:
        another.execute("begin")
        another.execute("select from runs where id = 'mmf_1' for update")
        edits = threads.map(edit, range(1, SIZE + 1))
        eventually(are_all_connections_waiting, lambda: "the edits do not wait")
        assert editor.get("/health", timeout=60).status_code == 200
        answers = list(edits)
    assert [answer.status_code for answer in answers] == [503] * SIZE
    assert answers[0].json()["detail"].startswith("Somebody else is changing this just now.")
    assert answers[0].headers["Retry-After"] == "5"
    assert edit(7).status_code == 200


def test_who_does_not_get_a_turn_hears_of_the_others(
    app: FastAPI, stranger: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_PATIENCE_SECONDS", 0.1)
    app.state.pool.turns = asyncio.Semaphore(0)
    answer = stranger.get("/health")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("Too many requests are under way")
