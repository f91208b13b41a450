"""What goes wrong with a database is said in one sentence with the next step, and without any secret."""

import itertools
import socket
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from fitness_pipeline import db
from fitness_pipeline.db import migrations
from fitness_pipeline.db.connection import AnyConnection, connect, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import (
    DatabaseError,
    DatabaseMissing,
    FitnessPipelineError,
    LoginRefused,
    NotMigrated,
    PermissionMissing,
    ServerUnreachable,
)
from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export
from fitness_pipeline_tests.builders import MORNING, Workout, write_export

SECRET = "hunter2"  # noqa: S105 - of a role that lives as long as a test
_numbers = itertools.count(1)


@pytest.fixture
def admin(server: EmbeddedServer) -> Iterator[AnyConnection]:
    """A connection that may do everything on the server."""
    with open_connection(server.url("postgres")) as connection:
        yield connection


@pytest.fixture
def role(admin: AnyConnection) -> Iterator[str]:
    """A role without any right of its own."""
    name = f"role_{next(_numbers)}"
    admin.execute(sql.SQL("create role {}").format(sql.Identifier(name)))
    yield name
    admin.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


@pytest.fixture
def as_role(connection: AnyConnection, role: str, database_url: str) -> Iterator[str]:
    """The URL of the database, on which everything is done as that role."""
    yield f"{database_url}&options={quote(f'-c role={role}')}"
    connection.execute(sql.SQL("drop owned by {}").format(sql.Identifier(role)))


@pytest.fixture
def login(server: EmbeddedServer, admin: AnyConnection) -> Iterator[Callable[[str], str]]:
    """Makes a role that logs in by a method of pg_hba.conf, with `SECRET` as its password."""
    file = Path(fetch_value(admin, "show hba_file"))
    before = file.read_text()
    made: list[str] = []

    def make(method: str) -> str:
        name = f"login_{next(_numbers)}"
        admin.execute(
            sql.SQL("create role {} login password {}").format(sql.Identifier(name), sql.Literal(SECRET))
        )
        made.append(name)
        file.write_text(f"local all {name} {method}\n{file.read_text()}")
        reload(admin)
        return name

    yield make
    file.write_text(before)
    reload(admin)
    for name in made:
        admin.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def reload(admin: AnyConnection) -> None:
    """Have the server read its files again, and wait until it has."""
    loaded = fetch_value(admin, "select pg_conf_load_time()")
    admin.execute("select pg_reload_conf()")
    # A session reads it when it is told; a new one has what the server has.
    while fetch_value(admin, "select pg_conf_load_time()") == loaded:
        pass


def url_of(server: EmbeddedServer, database: str, *, user: str, password: str | None = SECRET) -> str:
    account = user if password is None else f"{user}:{password}"
    return server.url(database).replace("postgresql://postgres@", f"postgresql://{account}@")


def told(kind: type[FitnessPipelineError], next_step: str, use: Callable[[], object]) -> str:
    """Make sure that a use fails with this very error and the next step; return what it says."""
    with pytest.raises(FitnessPipelineError) as raised:
        use()
    error = raised.value
    assert type(error) is kind
    assert next_step in str(error)
    everything = "\n".join([str(error), repr(error), *traceback.format_exception(error)])
    assert SECRET not in everything
    return str(error)


def open_and_close(url: str) -> None:
    open_connection(url).close()


# --- getting there -------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [open_and_close, migrations.check, migrations.upgrade])
def test_a_server_that_does_not_listen_is_unreachable(use: Callable[[str], object]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        url = f"postgresql://ada:{SECRET}@127.0.0.1:{port}/fitness"
        message = told(ServerUnreachable, "Check the host and the port", lambda: use(url))
    assert str(port) in message


def test_a_server_without_its_socket_is_unreachable(tmp_path: Path) -> None:
    url = f"postgresql://ada:{SECRET}@/fitness?host={quote(str(tmp_path), safe='')}"
    told(ServerUnreachable, "Check the host and the port", lambda: open_and_close(url))


def test_something_that_is_no_postgres_is_unreachable() -> None:
    def answer() -> None:
        with listener.accept()[0] as visitor:
            visitor.recv(1)
            visitor.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        pool.submit(answer)
        url = f"postgresql://ada:{SECRET}@127.0.0.1:{listener.getsockname()[1]}/fitness?sslmode=disable"
        told(ServerUnreachable, "Check the host and the port", lambda: open_and_close(url))


@pytest.mark.parametrize("use", [open_and_close, migrations.check, migrations.upgrade])
def test_a_database_that_is_not_there_is_missing(
    server: EmbeddedServer, use: Callable[[str], object]
) -> None:
    message = told(DatabaseMissing, "createdb", lambda: use(server.url("nowhere")))
    assert 'database "nowhere" does not exist' in message


def test_a_user_of_this_machine_who_may_not_be_that_user_is_refused(server: EmbeddedServer) -> None:
    told(LoginRefused, "Correct the user", lambda: open_and_close(url_of(server, "postgres", user="nobody")))


def test_a_wrong_password_is_refused(server: EmbeddedServer, login: Callable[[str], str]) -> None:
    user = login("scram-sha-256")
    open_and_close(url_of(server, "postgres", user=user))
    for password in (f"{SECRET}x", None):
        url = url_of(server, "postgres", user=user, password=password)
        told(LoginRefused, "Correct the user and the password", partial(open_and_close, url))


def test_a_role_that_is_not_there_is_refused(
    server: EmbeddedServer, login: Callable[[str], str], admin: AnyConnection
) -> None:
    user = login("trust")
    admin.execute(
        sql.SQL("alter role {} rename to {}").format(sql.Identifier(user), sql.Identifier(f"{user}x"))
    )
    message = told(
        LoginRefused, "Correct the user", lambda: open_and_close(url_of(server, "postgres", user=user))
    )
    admin.execute(
        sql.SQL("alter role {} rename to {}").format(sql.Identifier(f"{user}x"), sql.Identifier(user))
    )
    assert f'role "{user}" does not exist' in message


def test_a_role_that_may_not_log_in_is_refused(
    server: EmbeddedServer, login: Callable[[str], str], admin: AnyConnection
) -> None:
    user = login("trust")
    admin.execute(sql.SQL("alter role {} nologin").format(sql.Identifier(user)))
    told(LoginRefused, "Correct the user", lambda: open_and_close(url_of(server, "postgres", user=user)))


def test_a_user_whom_the_server_does_not_let_in_is_refused(
    server: EmbeddedServer, login: Callable[[str], str]
) -> None:
    user = login("reject")
    told(LoginRefused, "Correct the user", lambda: open_and_close(url_of(server, "postgres", user=user)))


def test_a_database_that_the_user_may_not_connect_to_is_a_missing_permission(
    server: EmbeddedServer, login: Callable[[str], str], connection: AnyConnection
) -> None:
    user = login("trust")
    name = connection.info.dbname
    connection.execute(sql.SQL("revoke connect on database {} from public").format(sql.Identifier(name)))
    told(PermissionMissing, "GRANT CONNECT", lambda: open_and_close(url_of(server, name, user=user)))


# --- doing something there -----------------------------------------------------------------------------


def export(folder: Path) -> Path:
    return write_export(folder / "export.csv", [Workout(id=1)])


USES: dict[str, Callable[[Path], Any]] = {
    "a read": lambda _: db.runs.get_all_runs(),
    "an edit": lambda _: db.runs_history.update_run_with_history("mmf_1", {"distance": 4}, "Ada"),
    "a watermark": lambda _: db.sync_metadata.update_last_sync_time("mmf", MORNING),
    "an import": lambda folder: ingest_export(export(folder)),
    "a merge": lambda _: merge_runs("mmf"),
}


@pytest.mark.parametrize("name", USES)
def test_a_user_without_rights_is_told_which_one_is_missing(
    as_role: str,
    role: str,
    connection: AnyConnection,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    environment.setenv("DATABASE_URL", as_role)
    told(PermissionMissing, "Grant it the right", lambda: USES[name](tmp_path))
    connection.execute(sql.SQL("grant select on alembic_version to {}").format(sql.Identifier(role)))
    message = told(PermissionMissing, "Grant it the right", lambda: USES[name](tmp_path))
    assert "permission denied for" in message


def test_a_user_who_may_only_read_can_read(
    as_role: str, role: str, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    connection.execute(
        sql.SQL("grant select on all tables in schema public to {}").format(sql.Identifier(role))
    )
    environment.setenv("DATABASE_URL", as_role)
    assert db.runs.get_all_runs() == []
    told(PermissionMissing, "Grant it the right", lambda: db.shoes.bulk_create_shoes_by_names(["Ghost 15"]))


def test_a_user_who_may_not_create_tables_cannot_upgrade(empty_database_url: str, role: str) -> None:
    url = f"{empty_database_url}&options={quote(f'-c role={role}')}"
    told(PermissionMissing, "Grant it the right", lambda: migrations.upgrade(url))
    assert migrations.current_revision(empty_database_url) is None


def test_a_database_that_only_reads_is_a_missing_permission(
    database_url: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv(
        "DATABASE_URL", f"{database_url}&options={quote('-c default_transaction_read_only=on')}"
    )
    assert db.runs.get_all_runs() == []
    message = told(PermissionMissing, "another", lambda: db.shoes.bulk_create_shoes_by_names(["Ghost 15"]))
    assert "read-only transaction" in message


def test_a_database_without_tables_is_not_migrated(
    empty_database_url: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", empty_database_url)
    told(NotMigrated, "Run `fitness-pipeline db upgrade`", db.runs.get_all_runs)


def test_a_database_that_loses_a_table_is_not_migrated(connection: AnyConnection) -> None:
    assert db.sync_metadata.get_last_sync_time("mmf") is None
    connection.execute("drop table sync_metadata")
    message = told(NotMigrated, "db upgrade", lambda: db.sync_metadata.get_last_sync_time("mmf"))
    assert "sync_metadata" in message


def test_every_database_error_is_one_that_a_caller_can_catch_at_once(empty_database_url: str) -> None:
    with pytest.raises(DatabaseError):
        migrations.check(empty_database_url)


def test_what_is_no_fault_of_the_database_is_not_explained_away(database_url: str) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), connect() as connection:
        connection.execute("select 1 / 0")
