"""Connections and transactions on the database of the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from fitness_pipeline.db import provision
from fitness_pipeline.db.failures import explained, explained_connect
from fitness_pipeline.settings import load_settings

AnyConnection = psycopg.Connection[Any]


@contextmanager
def connect() -> Iterator[AnyConnection]:
    """Open a connection in autocommit mode, in UTC, and close it at the end.

    Yields:
        A connection to a database that is there and migrated.

    Raises:
        DatabaseError: it cannot be reached or used; the message says what to do.
    """
    with explained():
        connection = open_connection(provision.ready_database_url(load_settings()))
        with connection:
            yield connection


@contextmanager
def transaction(conn: AnyConnection | None = None) -> Iterator[AnyConnection]:
    """Take part in the caller's transaction, or run one of our own.

    Args:
        conn: the caller's connection. Its open transaction is joined, by a savepoint, so that a failure
            takes back what was done here and nothing else; committing stays with the caller. In autocommit
            mode and outside of a transaction, it gets one. None opens a connection for one transaction.

    Yields:
        The connection to work on.
    """
    if conn is None:
        with connect() as own, own.transaction():
            yield own
    else:
        if not conn.autocommit and conn.info.transaction_status is TransactionStatus.IDLE:
            # Begins the caller's transaction. Without it ours would be the outermost, and commit.
            conn.execute("select")
        with conn.transaction():
            yield conn


@contextmanager
def reading(conn: AnyConnection | None = None) -> Iterator[AnyConnection]:
    """Read on the caller's connection, or on one of our own.

    Args:
        conn: the caller's connection, or None.

    Yields:
        The connection to read from.
    """
    if conn is None:
        with connect() as own:
            yield own
    else:
        yield conn


def open_connection(url: str) -> AnyConnection:
    """Connect to `url` in autocommit mode, in UTC.

    Args:
        url: a Postgres URL; what it says wins over our defaults.

    Raises:
        ServerUnreachable, LoginRefused, DatabaseMissing, PermissionMissing: why it cannot be connected to.
    """
    defaults: dict[str, Any] = {"application_name": "fitness-pipeline", "connect_timeout": 10}
    conninfo = make_conninfo(**{**defaults, **conninfo_to_dict(url)})
    with explained_connect():
        connection = psycopg.connect(conninfo, autocommit=True)
    connection.execute("set time zone 'UTC'")
    return connection
