"""Measuring: best of several rounds, on a server of the benchmarks' own; and the lines they print."""

import gc
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg

from fitness_pipeline.db import embedded, migrations
from fitness_pipeline.db.connection import AnyConnection, open_connection

_numbers = itertools.count(1)


def report(name: str, value: float, goal: float, direction: Literal[">=", "<="] = ">=") -> None:
    """Print a ratio and what it should be."""
    print(f"RATIO {name} {value:.2f} (goal {direction} {goal:g})", flush=True)


def note(text: str) -> None:
    """Print a figure that stands behind a ratio."""
    print(f"      {text}", flush=True)


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    gc.collect()
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def best(rounds: int, *actions: Callable[[], float]) -> list[float]:
    """Measure several actions in turns, so that noise meets all of them; return the best of each.

    Args:
        rounds: how often.
        actions: each does its own set-up and returns the seconds that count.
    """
    times = [[action() for action in actions] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


@contextmanager
def own_server() -> Iterator[embedded.EmbeddedServer]:
    """Run a Postgres server with the settings that users get."""
    folder = Path(tempfile.mkdtemp(prefix="fitness-benchmarks-"))
    try:
        yield embedded.ensure_running(folder / "postgres")
    finally:
        embedded.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(
    server: embedded.EmbeddedServer, template: str | None = None
) -> Iterator[tuple[AnyConnection, str]]:
    """Yield a connection to a migrated database, a copy of `template` if one is named, and its name."""
    name = f"bench_{next(_numbers)}"
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        admin.execute(f'create database "{name}" template "{template or "template0"}" strategy file_copy')
        admin.execute("checkpoint")
    url = server.url(name)
    if template is None:
        migrations.upgrade(url)
    os.environ["DATABASE_URL"] = url
    try:
        with open_connection(url) as connection:
            yield connection, name
    finally:
        if template is not None:
            drop_database(server, name)


def drop_database(server: embedded.EmbeddedServer, name: str) -> None:
    """Drop a database with whoever is still connected to it."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        admin.execute(f'drop database "{name}" with (force)')
