"""A pool of connections for requests, and the one that a request works on."""

import asyncio
import select
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Annotated, Any

import psycopg
from fastapi import Depends, Request
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout
from starlette.concurrency import run_in_threadpool

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.failures import explained
from fitness_pipeline.db.provision import ready_database_url
from fitness_pipeline.settings import Settings

# How long a request waits for a connection before it is told to come again.
_PATIENCE_SECONDS = 10.0
_AT_ONCE_SECONDS = 0.001
# What somebody else changes for longer keeps no connection from others. A row may be waited for twice: behind
# others who wait, and then for whoever has it.
_LOCK_TIMEOUT = "2s"


class TooBusy(PoolTimeout):
    """So many requests are under way that this one did not get its turn."""


class Pool(ConnectionPool[psycopg.Connection[Any]]):
    """A pool of connections, and as many turns to have one.

    Attributes:
        turns: who waits for one keeps no thread waiting, since those who have a connection need a thread to
            go on.
    """

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, **options)
        self.turns = asyncio.Semaphore(self.max_size)

    def getconn(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        """Take a connection that the server has not ended while nobody used it.

        Args:
            timeout: how many seconds to wait for one; None for as long as is usual.

        Raises:
            PoolTimeout: there is none in time.
        """
        deadline = time.monotonic() + (self.timeout if timeout is None else timeout)
        while _was_cut_off(connection := super().getconn(deadline - time.monotonic())):
            connection.close()
            self.putconn(connection)  # which has it replaced
        return connection


@contextmanager
def open_pool(settings: Settings) -> Iterator[Pool]:
    """Open a pool on the database of the settings, and close it at the end.

    Args:
        settings: the database, and how many connections there may be.

    Yields:
        A pool of connections in autocommit mode, in UTC, which do not wait long for a lock; one that broke
        is replaced.

    Raises:
        DatabaseError: the database cannot be used now.
    """
    url = ready_database_url(settings)
    defaults: dict[str, Any] = {"application_name": "fitness-pipeline api", "connect_timeout": 10}
    with Pool(
        make_conninfo(**{**defaults, **conninfo_to_dict(url)}),
        kwargs={"autocommit": True},
        configure=_configure,
        min_size=1,
        max_size=settings.api_pool_size,
        timeout=_PATIENCE_SECONDS,
        # However long the server is away, it is looked for every other second: what gives up begins anew.
        reconnect_timeout=5.0,
        reconnect_failed=Pool.check,
        open=True,
    ) as pool:
        yield pool


def _configure(connection: psycopg.Connection[Any]) -> None:
    connection.execute(f"set time zone 'UTC'; set lock_timeout = '{_LOCK_TIMEOUT}'".encode())


def _was_cut_off(connection: psycopg.Connection[Any]) -> bool:
    if connection.closed:
        return True
    # Nobody has asked it anything, and then all that a server says is goodbye.
    heard = select.poll()
    heard.register(connection.pgconn.socket, select.POLLIN)
    return bool(heard.poll(0))


@contextmanager
def borrowing(request: Request) -> Iterator[AnyConnection]:
    """Borrow a connection for as long as it takes, and no longer.

    A thread that waits here is one less for the requests of a moment, which may have all connections: only
    for threads that are not theirs.

    Args:
        request: to which application.

    Yields:
        A connection in autocommit mode.
    """
    with explained(), request.app.state.pool.connection() as connection:
        yield connection


@asynccontextmanager
async def lending(request: Request) -> AsyncIterator[AnyConnection]:
    """Borrow a connection, after those who came before.

    Args:
        request: to which application.

    Yields:
        A connection in autocommit mode.

    Raises:
        TooBusy: others had all of them, for too long.
        PoolTimeout: there is none in time.
    """
    pool: Pool = request.app.state.pool
    deadline = time.monotonic() + _PATIENCE_SECONDS
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await pool.turns.acquire()
    except TimeoutError:
        raise TooBusy("all connections are in use") from None
    try:
        connection = await _taken(pool, deadline)
        try:
            with explained():
                yield connection
        finally:
            # It is in autocommit mode and idle, so this asks the server nothing.
            pool.putconn(connection)
    finally:
        pool.turns.release()


async def _taken(pool: Pool, deadline: float) -> AnyConnection:
    if pool.get_stats()["pool_available"]:
        # One that is free is had at once, which saves two changes of the thread.
        with suppress(PoolTimeout):
            return pool.getconn(_AT_ONCE_SECONDS)
    return await run_in_threadpool(pool.getconn, deadline - time.monotonic())


async def _connection(request: Request) -> AsyncIterator[AnyConnection]:
    async with lending(request) as connection:
        yield connection


Connection = Annotated[AnyConnection, Depends(_connection, scope="function")]
"""A connection in autocommit mode, given back before the answer goes out."""
