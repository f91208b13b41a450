"""Makes sure that the database is there: its server, itself and its tables."""

from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import errors as pg
from psycopg import sql

from fitness_pipeline.db import embedded, migrations
from fitness_pipeline.db.failures import explained_connect
from fitness_pipeline.errors import PermissionMissing
from fitness_pipeline.settings import Settings

# Databases that this process has found ready; checking once is enough.
_ready: set[str] = set()


def ready_database_url(settings: Settings) -> str:
    """Return the URL of the database, which is there and migrated.

    The embedded database is ours alone, so it is started, created and migrated unasked. A database that
    DATABASE_URL names is only looked at.

    Args:
        settings: whose database.

    Raises:
        NotMigrated, NewerThanThisProgram: the database of DATABASE_URL has another version of the schema.
        DatabaseError: it cannot be reached, or the embedded server cannot be started.
    """
    url = existing_database_url(settings)
    if url not in _ready:
        if settings.is_embedded:
            migrations.upgrade(url)
        else:
            migrations.check(url)
        _ready.add(url)
    return url


def existing_database_url(settings: Settings) -> str:
    """Return the URL of the database, migrated or not; the embedded one is started and created.

    Args:
        settings: whose database.

    Raises:
        EmbeddedServerFailed: the embedded server cannot be started.
    """
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return _embedded_url(settings, settings.embedded_database)


def dagster_database_url(settings: Settings) -> str:
    """Return the URL of the database that Dagster keeps its own tables in; create it where it is missing.

    It lies beside ours on the same server, under our name with `_dagster` at its end, unless
    DAGSTER_DATABASE_URL says otherwise.

    Args:
        settings: whose database.

    Raises:
        PermissionMissing: it is missing and the database user may not create it.
        DatabaseError: the server cannot be reached.
    """
    if settings.dagster_database_url is not None:
        named = settings.dagster_database_url.get_secret_value()
        with explained_connect():
            psycopg.connect(named, connect_timeout=10).close()
        return named
    if settings.database_url is None:
        return _embedded_url(settings, f"{settings.embedded_database}_dagster")
    ours = settings.database_url.get_secret_value()
    with explained_connect(), psycopg.connect(ours, connect_timeout=10) as connection:
        name = f"{connection.info.dbname}_dagster"
    create_database(ours, name)
    return urlunsplit(urlsplit(ours)._replace(path=f"/{quote(name, safe='')}"))


def create_database(server_url: str, name: str) -> bool:
    """Create the database `name` unless it is there.

    Args:
        server_url: any database on the same server.
        name: the database's name.

    Returns:
        Whether it was created.

    Raises:
        PermissionMissing: the user may not create databases.
    """
    with explained_connect():
        connection = psycopg.connect(server_url, autocommit=True, connect_timeout=10)
    with connection:
        if connection.execute("select from pg_database where datname = %s", [name]).fetchone():
            return False
        try:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except (pg.DuplicateDatabase, pg.UniqueViolation):
            return False  # another process was faster
        except pg.InsufficientPrivilege:
            raise PermissionMissing(
                f'The database "{name}" is missing and the database user may not create it. Create it '
                f"yourself (`createdb {name}`), or name another in DAGSTER_DATABASE_URL."
            ) from None
    return True


def _embedded_url(settings: Settings, name: str) -> str:
    server = embedded.ensure_running(settings.postgres_dir)
    url = server.url(name)
    if url not in _ready:
        create_database(server.url("postgres"), name)
    return url
