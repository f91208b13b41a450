"""The database is there when it is ours to make, and only looked at when it is not."""

import itertools
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql

from fitness_pipeline import db
from fitness_pipeline.db import migrations
from fitness_pipeline.db.connection import AnyConnection, open_connection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.provision import (
    create_database,
    dagster_database_url,
    existing_database_url,
    ready_database_url,
)
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import (
    DatabaseMissing,
    NewerThanThisProgram,
    NotMigrated,
    PermissionMissing,
    ServerUnreachable,
)
from fitness_pipeline.project import shipped_file
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.conftest import drop_database

_numbers = itertools.count(1)


@pytest.fixture
def embedded(server: EmbeddedServer, environment: pytest.MonkeyPatch) -> Iterator[str]:
    """An environment of its own whose embedded server is that of this session; the name of its database."""
    env = f"provision_{next(_numbers)}"
    environment.setenv("ENV", env)
    environment.setenv("FITNESS_DATA_DIR", str(server.data_dir.parent))
    yield f"fitness_{env}"
    for name in (f"fitness_{env}", f"fitness_{env}_dagster", "fitness_demo"):
        if exists(server, name):
            drop_database(server, name)


def exists(server: EmbeddedServer, name: str) -> bool:
    with open_connection(server.url("postgres")) as connection:
        return bool(fetch_value(connection, "select count(*) from pg_database where datname = %s", [name]))


def name_at(url: str) -> str:
    with open_connection(url) as connection:
        return connection.info.dbname


def test_the_embedded_database_is_made_and_migrated_unasked(server: EmbeddedServer, embedded: str) -> None:
    assert not exists(server, embedded)
    url = ready_database_url(load_settings())
    assert name_at(url) == embedded
    migrations.check(url)
    assert db.runs.get_all_runs() == []
    assert ready_database_url(load_settings()) == url


def test_the_embedded_database_can_be_made_without_its_tables(server: EmbeddedServer, embedded: str) -> None:
    url = existing_database_url(load_settings())
    assert name_at(url) == embedded
    assert migrations.current_revision(url) is None


def test_a_database_of_an_older_program_is_brought_up_to_date_when_it_is_embedded(embedded: str) -> None:
    url = existing_database_url(load_settings())
    migrations.upgrade(url)
    older = Config(shipped_file("alembic.ini"))
    older.attributes.update(url=url, is_quiet=True)
    command.downgrade(older, "0001")
    ready_database_url(load_settings())
    migrations.check(url)


def test_a_database_of_ones_own_is_not_migrated_unasked(
    empty_database_url: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", empty_database_url)
    for _ in range(2):
        with pytest.raises(NotMigrated):
            ready_database_url(load_settings())
    assert migrations.current_revision(empty_database_url) is None
    assert existing_database_url(load_settings()) == empty_database_url
    migrations.upgrade(empty_database_url)
    assert ready_database_url(load_settings()) == empty_database_url


def test_a_database_of_ones_own_is_not_created_unasked(
    server: EmbeddedServer, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", server.url("of_ones_own"))
    with pytest.raises(DatabaseMissing, match="of_ones_own"):
        ready_database_url(load_settings())
    assert not exists(server, "of_ones_own")


def test_a_database_of_a_newer_program_is_not_used(connection: AnyConnection) -> None:
    connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(NewerThanThisProgram, match="Update this program"):
        db.runs.get_all_runs()


def test_the_demo_never_sees_a_database_of_ones_own(
    server: EmbeddedServer, embedded: str, database_url: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ENV", "demo")
    environment.setenv("FITNESS_DATA_DIR", str(server.data_dir.parent))
    assert name_at(existing_database_url(load_settings())) == "fitness_demo"


def test_dagsters_database_lies_beside_ours(server: EmbeddedServer, database_url: str) -> None:
    url = dagster_database_url(load_settings())
    name = f"{name_at(database_url)}_dagster"
    assert name_at(url) == name
    assert dagster_database_url(load_settings()) == url
    drop_database(server, name)


def test_dagsters_database_lies_beside_the_embedded_one(embedded: str) -> None:
    assert name_at(dagster_database_url(load_settings())) == f"{embedded}_dagster"


def test_dagsters_database_can_be_named(
    server: EmbeddedServer, database_url: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DAGSTER_DATABASE_URL", server.url("postgres"))
    assert dagster_database_url(load_settings()) == server.url("postgres")


def test_a_database_of_dagsters_that_does_not_answer_is_one_sentence(
    database_url: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DAGSTER_DATABASE_URL", "postgresql://u@127.0.0.1:1/dagster")
    with pytest.raises(ServerUnreachable):
        dagster_database_url(load_settings())


def test_a_database_is_created_once(server: EmbeddedServer) -> None:
    name = 'odd "name" ü'
    assert create_database(server.url("postgres"), name)
    assert not create_database(server.url("postgres"), name)
    assert name_at(server.url(name)) == name
    drop_database_by(server, name)


def test_a_user_who_may_not_create_databases_is_told_what_to_create(server: EmbeddedServer) -> None:
    with open_connection(server.url("postgres")) as admin:
        admin.execute("create role no_creator")
        url = f"{server.url('postgres')}&options=-c%20role%3Dno_creator"
        with pytest.raises(PermissionMissing, match=r"createdb missing_dagster.*DAGSTER_DATABASE_URL"):
            create_database(url, "missing_dagster")
        admin.execute("drop role no_creator")


def drop_database_by(server: EmbeddedServer, name: str) -> None:
    with open_connection(server.url("postgres")) as admin:
        admin.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
