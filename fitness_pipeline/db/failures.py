"""Turns what Postgres answers into errors that say what to do next."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg

from fitness_pipeline.errors import (
    DatabaseError,
    DatabaseMissing,
    LoginRefused,
    NotMigrated,
    PermissionMissing,
    ServerUnreachable,
)

MIGRATE = "Run `fitness-pipeline db upgrade`."

# libpq gives no error code when a connection fails, only the server's sentence.
_CONNECT_FAILURES: tuple[tuple[str, type[DatabaseError], str], ...] = (
    (
        r'database "[^"]*" does not exist',
        DatabaseMissing,
        "Create it (`createdb NAME`), or correct the name at the end of DATABASE_URL.",
    ),
    (
        r'permission denied for database "[^"]*"',
        PermissionMissing,
        "Ask its owner for the right to connect (GRANT CONNECT), or use another user in DATABASE_URL.",
    ),
    (
        r'(password|peer|ident|SCRAM|GSSAPI|certificate|\w+) authentication failed for user "[^"]*"',
        LoginRefused,
        "Correct the user and the password in DATABASE_URL.",
    ),
    (
        (
            r'role "[^"]*" (does not exist|is not permitted to log in)|no password supplied|'
            r"(no pg_hba\.conf entry|pg_hba\.conf rejects connection) for [^\n]*"
        ),
        LoginRefused,
        "Correct the user and the password in DATABASE_URL; a hosted server usually wants ?sslmode=require.",
    ),
)


@contextmanager
def explained_connect() -> Iterator[None]:
    """Turn a failed connection attempt into an error with a next step.

    Raises:
        ServerUnreachable, LoginRefused, DatabaseMissing, PermissionMissing: why it failed.
    """
    try:
        yield
    except psycopg.OperationalError as error:
        sentence = str(error).strip()
        for pattern, kind, advice in _CONNECT_FAILURES:
            if found := re.search(pattern, sentence):
                raise kind(f"The database cannot be used: {found[0]}. {advice}") from None
        first_line = sentence.partition("\n")[0] or "no answer"
        raise ServerUnreachable(
            f"The database server cannot be reached: {first_line}. Check the host and the port in "
            "DATABASE_URL and that the server runs; without DATABASE_URL the embedded server is used."
        ) from None


@contextmanager
def explained() -> Iterator[None]:
    """Turn a statement's failure that a person can mend into an error with a next step.

    Raises:
        PermissionMissing: the database user may not do this.
        NotMigrated: a table or a column is not there.
    """
    try:
        yield
    except (pg.InsufficientPrivilege, pg.ReadOnlySqlTransaction) as error:
        raise PermissionMissing(
            f"The database user may not do this: {error.diag.message_primary}. Grant it the right, or use "
            "another user in DATABASE_URL."
        ) from error
    except (pg.UndefinedTable, pg.UndefinedColumn, pg.InvalidSchemaName) as error:
        raise NotMigrated(
            f"The database does not have the tables of this version: {error.diag.message_primary}. {MIGRATE}"
        ) from error
