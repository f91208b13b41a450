"""A pool of connections for requests, and the one that a request works on."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import psycopg
from fastapi import Depends, Request
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests
from starlette.concurrency import run_in_threadpool

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.failures import explained
from fitness_pipeline.db.provision import ready_database_url
from fitness_pipeline.settings import Settings

# How long a request waits for a connection before it is told to come again.
_PATIENCE_SECONDS = 10.0

Pool = ConnectionPool[psycopg.Connection[Any]]


@contextmanager
def open_pool(settings: Settings) -> Iterator[Pool]:
    """Open a pool on the database of the settings, and close it at the end.

    Args:
        settings: the database, and how many connections there may be.

    Yields:
        A pool of connections in autocommit mode, in UTC; one that broke is replaced.

    Raises:
        DatabaseError: the database cannot be used now.
    """
    url = ready_database_url(settings)
    defaults: dict[str, Any] = {"application_name": "fitness-pipeline api", "connect_timeout": 10}
    with ConnectionPool(
        make_conninfo(**{**defaults, **conninfo_to_dict(url)}),
        kwargs={"autocommit": True},
        configure=_in_utc,
        min_size=1,
        max_size=settings.api_pool_size,
        timeout=_PATIENCE_SECONDS,
        reconnect_timeout=30.0,
        open=True,
    ) as pool:
        yield pool


def _in_utc(connection: psycopg.Connection[Any]) -> None:
    connection.execute("set time zone 'UTC'")


@contextmanager
def borrowing(request: Request) -> Iterator[AnyConnection]:
    """Borrow a connection for as long as it takes, and no longer.

    Args:
        request: to which application.

    Yields:
        A connection in autocommit mode.
    """
    with explained(), request.app.state.pool.connection() as connection:
        yield connection


async def _connection(request: Request) -> AsyncIterator[AnyConnection]:
    pool: Pool = request.app.state.pool
    try:
        # One that is free is had at once, which saves two changes of the thread.
        connection = pool.getconn(timeout=0)
    except (PoolTimeout, TooManyRequests):
        connection = await run_in_threadpool(pool.getconn)
    try:
        with explained():
            yield connection
    finally:
        # It is in autocommit mode and idle, so this asks the server nothing.
        pool.putconn(connection)


Connection = Annotated[AnyConnection, Depends(_connection, scope="function")]
"""A connection in autocommit mode, given back before the answer goes out."""
