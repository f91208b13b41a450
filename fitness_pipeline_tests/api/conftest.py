"""A served API on a fresh database, and those who ask it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from fitness_pipeline.api.app import create_app
from fitness_pipeline.automation.dagster_home import dagster_instance
from fitness_pipeline.db.api_tokens import Role, mint_token
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.conftest import create_database


@contextmanager
def serving(app: FastAPI | None = None) -> Iterator[str]:
    """Serve an application, that of the settings if none is given, on a free port; yield its URL."""
    config = uvicorn.Config(app or create_app(load_settings()), port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)  # lets it work; asking all the time would keep it from that
            assert thread.is_alive(), "the API could not be started"
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def api_url(database_url: str, data_dir: Path) -> Iterator[str]:
    """Where the API answers, with an empty database."""
    with serving() as url:
        yield url


@contextmanager
def client(url: str, connection: AnyConnection, role: Role) -> Iterator[httpx.Client]:
    """Somebody with a token of a role."""
    token = mint_token(f"the {role}", role, conn=connection).get_secret_value()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as asking:
        yield asking


@pytest.fixture
def editor(api_url: str, connection: AnyConnection) -> Iterator[httpx.Client]:
    """Somebody who may do everything."""
    with client(api_url, connection, "editor") as asking:
        yield asking


@pytest.fixture
def viewer(api_url: str, connection: AnyConnection) -> Iterator[httpx.Client]:
    """Somebody who may read."""
    with client(api_url, connection, "viewer") as asking:
        yield asking


@pytest.fixture
def stranger(api_url: str) -> Iterator[httpx.Client]:
    """Somebody without a token."""
    with httpx.Client(base_url=api_url) as asking:
        yield asking


@pytest.fixture
def dagster_database(server: EmbeddedServer, environment: pytest.MonkeyPatch, data_dir: Path) -> None:
    """Dagster's tables in a database that many tests share: making them takes longer than a sync."""
    name = "shared_by_api_tests_dagster"
    environment.setenv("DAGSTER_DATABASE_URL", server.url(name))
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        is_there = admin.execute("select from pg_database where datname = %s", [name]).rowcount
    if not is_there:
        create_database(server, name)
        with dagster_instance(load_settings()):
            pass
