"""Fixtures for every test: one embedded Postgres a session, a fresh migrated database a test."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from fitness_pipeline.db import embedded, migrations
from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import Settings
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.strava import Syncer

_numbers = itertools.count(1)


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: each often waits for Postgres or for another process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def _no_certificates() -> Iterator[None]:
    """Stand-ins need none, and to load those of everybody takes longer than a sync."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("SSL_CERT_FILE", raising=False)
        environment.setenv("SSL_CERT_DIR", os.devnull)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.EmbeddedServer]:
    """A Postgres server of this session's own."""
    folder = Path(tempfile.mkdtemp(prefix="fitness-tests-"))
    data_dir = folder / "postgres"
    running = embedded.ensure_running(data_dir)
    with psycopg.connect(running.url("postgres"), autocommit=True) as connection:
        # What a crash of the machine would lose does not matter here.
        connection.execute("alter system set fsync = off")
        connection.execute("alter system set full_page_writes = off")
        connection.execute("select pg_reload_conf()")
    yield running
    embedded.stop(data_dir)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_template(server: embedded.EmbeddedServer) -> str:
    """The name of a migrated database that others are copied from."""
    create_database(server, "template_migrated")
    migrations.upgrade(server.url("template_migrated"))
    return "template_migrated"


@pytest.fixture
def empty_database_url(server: embedded.EmbeddedServer) -> Iterator[str]:
    """The URL of a fresh database without any table."""
    name = create_database(server)
    yield server.url(name)
    drop_database(server, name)


@pytest.fixture
def database_url(
    server: embedded.EmbeddedServer, migrated_template: str, environment: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of a fresh migrated database, which the settings name."""
    name = create_database(server, template=migrated_template)
    environment.setenv("DATABASE_URL", server.url(name))
    yield server.url(name)
    drop_database(server, name)


@pytest.fixture
def connection(database_url: str) -> Iterator[AnyConnection]:
    """A connection to the fresh database, in autocommit mode."""
    with open_connection(database_url) as opened:
        yield opened


@pytest.fixture
def data_dir(tmp_path: Path, environment: pytest.MonkeyPatch) -> Path:
    """An empty data folder, which the settings name."""
    folder = tmp_path / "data"
    folder.mkdir()
    environment.setenv("FITNESS_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any of the project's variables, and without files of `.env.test`."""
    for name in list(os.environ):
        if name in {field.upper() for field in Settings.model_fields}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("ENV", "test")
    return monkeypatch


@pytest.fixture
def clock() -> SettableClock:
    """The time, for providers and for us; a test moves it."""
    return SettableClock(NOW)


@pytest.fixture
def strava(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[StravaSandbox]:
    """An empty Strava that the settings name, with a refresh token to begin with."""
    with StravaSandbox(clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


@pytest.fixture
def sync(strava: StravaSandbox, clock: SettableClock) -> Syncer:
    """A function that syncs that Strava, with all steps one by one."""
    return Syncer(strava, clock)


def create_database(
    server: embedded.EmbeddedServer, name: str | None = None, *, template: str = "template0"
) -> str:
    """Create a database, named with a number unless a name is given; return its name."""
    name = name or f"test_{next(_numbers)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template "{template}"'.encode())
    return name


def drop_database(server: embedded.EmbeddedServer, name: str) -> None:
    """Drop a database with whoever is still connected to it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        admin.execute(f'drop database "{name}" with (force)'.encode())
