"""Whose transaction it is: ours without `conn=`, the caller's with it."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection, connect, open_connection, transaction
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.ingested_files import record_file
from fitness_pipeline.db.merge import create_missing_shoes, merge_runs
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.shoe_aliases import add_shoe_alias, remove_shoe_alias
from fitness_pipeline.db.shoe_retirements import mirror_retirements
from fitness_pipeline.db.strava_gear import record_unreadable_gear
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline_tests.builders import (
    MORNING,
    TODAY,
    Importer,
    Workout,
    new_run,
    row_versions,
    settings_in,
    write_export,
)
from fitness_pipeline_tests.conftest import create_database, drop_database
from fitness_pipeline_tests.strava_raw import FETCHED, put_gear

# Each of them has something to do in the database of `busy`; a path leads to an export that is new.
WRITERS: dict[str, Callable[[AnyConnection | None, Path], object]] = {
    "bulk_create_runs": lambda conn, _: db.runs.bulk_create_runs([new_run("mmf_9")], conn=conn),
    "update_run_with_history": lambda conn, _: db.runs_history.update_run_with_history(
        "mmf_1", {"distance": 9}, "Ada", conn=conn
    ),
    "restore_run_version": lambda conn, _: db.runs_history.restore_run_version("mmf_2", 1, "Ada", conn=conn),
    "soft_delete_run": lambda conn, _: db.runs_history.soft_delete_run("mmf_1", "Ada", conn=conn),
    "retire_shoe_by_id": lambda conn, _: db.shoes.retire_shoe_by_id("ghost_15", date(2025, 1, 1), conn=conn),
    "unretire_shoe_by_id": lambda conn, _: db.shoes.unretire_shoe_by_id("pegasus_38", conn=conn),
    "bulk_create_shoes_by_names": lambda conn, _: db.shoes.bulk_create_shoes_by_names(["New"], conn=conn),
    "update_last_sync_time": lambda conn, _: db.sync_metadata.update_last_sync_time(
        "mmf", MORNING, conn=conn
    ),
    "add_shoe_alias": lambda conn, _: add_shoe_alias("Peggy", "Pegasus 38", conn=conn),
    "remove_shoe_alias": lambda conn, _: remove_shoe_alias("Ghost", conn=conn),
    "record_file": lambda conn, _: record_file(
        {
            "provider": "mmf",
            "sha256": "0" * 64,
            "name": "a.csv",
            "size_bytes": 1,
            "status": "imported",
            "dagster_run_id": None,
        },
        conn=conn,
    ),
    "ingest_export": lambda conn, export: ingest_export(export, conn=conn),
    "normalize": lambda conn, _: normalize("mmf", settings_in(), today=TODAY, conn=conn),
    "store_gear": lambda conn, _: put_gear(conn, "g2", "Pegasus 38"),
    "record_unreadable_gear": lambda conn, _: record_unreadable_gear("g1", "Gone.", FETCHED, conn=conn),
    "mirror_retirements": lambda conn, _: mirror_retirements(conn=conn),
    "create_missing_shoes": lambda conn, _: create_missing_shoes("mmf", conn=conn),
    "merge_runs": lambda conn, _: merge_runs("mmf", conn=conn),
}


@pytest.fixture(scope="module")
def busy_template(
    server: EmbeddedServer, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a database in which every step and every edit has something to do."""
    name = create_database(server, template=migrated_template)
    with open_connection(server.url(name)) as connection:
        add_shoe_alias("Ghost", "Ghost 15", conn=connection)
        take = Importer(connection, tmp_path_factory.mktemp("exports"))
        take(Workout(id=1, notes="Shoes: Ghost"), Workout(id=2, notes="Shoes: Pegasus 38"))
        db.runs_history.update_run_with_history("mmf_2", {"distance": 8}, "Ada", conn=connection)
        db.shoes.retire_shoe_by_id("pegasus_38", date(2025, 1, 1), conn=connection)
        take.ingest(Workout(id=3, notes="Shoes: Cloud 5"))
        take.normalize()
        take.ingest(Workout(id=4))
        put_gear(connection, "g1", "Ghost 15", is_retired=True)
    return name


@pytest.fixture
def busy_url(server: EmbeddedServer, busy_template: str, environment: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a copy of it, which the settings name."""
    name = create_database(server, template=busy_template)
    environment.setenv("DATABASE_URL", server.url(name))
    yield server.url(name)
    drop_database(server, name)


@pytest.fixture
def busy(busy_url: str) -> Iterator[AnyConnection]:
    """A connection to that copy, in autocommit mode."""
    with open_connection(busy_url) as connection:
        yield connection


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export that was not read yet."""
    return write_export(tmp_path / "export.csv", [Workout(id=5)])


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_done_in_a_callers_transaction_is_the_callers_to_keep(
    busy: AnyConnection, busy_url: str, export: Path, name: str
) -> None:
    before = row_versions(busy)
    with psycopg.connect(busy_url) as caller:
        WRITERS[name](caller, export)
        assert row_versions(caller) != before, "nothing was done"
        assert row_versions(busy) == before, "it was committed"
        caller.rollback()
    assert row_versions(busy) == before, "it was not taken back"

    with busy.transaction(force_rollback=True):
        WRITERS[name](busy, export)
    assert row_versions(busy) == before, "an open transaction in autocommit mode was not joined"

    WRITERS[name](None, export)
    assert row_versions(busy) != before, "without a caller, it was not committed"


def test_a_failure_takes_back_its_own_work_and_leaves_the_callers(database_url: str) -> None:
    with psycopg.connect(database_url) as caller:
        db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=caller)
        with pytest.raises(InvalidValue):
            db.runs.bulk_create_runs([new_run("mmf_1"), new_run("mmf_2", distance=-1.0)], conn=caller)
        assert db.runs.bulk_create_runs([new_run("mmf_1", shoe_id="ghost_15")], conn=caller) == 1
    assert db.runs.get_existing_run_ids() == {"mmf_1"}
    assert db.shoes.get_shoe_by_id("ghost_15") is not None


def test_a_failure_in_a_transaction_that_did_nothing_yet_leaves_it_usable(database_url: str) -> None:
    with psycopg.connect(database_url) as caller:
        with pytest.raises(InvalidValue):
            db.runs.bulk_create_runs([new_run(distance=-1.0)], conn=caller)
        db.runs.bulk_create_runs([new_run()], conn=caller)
        caller.rollback()
    assert db.runs.get_existing_run_ids() == set()


def test_reads_see_what_the_caller_did_not_commit_yet(database_url: str) -> None:
    with psycopg.connect(database_url) as caller:
        db.runs.bulk_create_runs([new_run()], conn=caller)
        assert db.runs.get_existing_run_ids(conn=caller) == {"mmf_1"}
        assert db.runs.get_run_by_id("mmf_1", conn=caller) is not None
        assert len(db.runs_history.get_run_history("mmf_1", conn=caller)) == 1
        assert db.runs.get_existing_run_ids() == set()


def test_several_functions_are_one_transaction_of_the_caller(connection: AnyConnection) -> None:
    with connection.transaction(force_rollback=True):
        db.shoes.bulk_create_shoes_by_names(["Ghost 15"], conn=connection)
        db.runs.bulk_create_runs([new_run(shoe_id="ghost_15")], conn=connection)
        db.sync_metadata.update_last_sync_time("mmf", MORNING, conn=connection)
    assert db.shoes.get_shoes() == []
    assert db.runs.get_existing_run_ids() == set()
    assert db.sync_metadata.get_last_sync_time("mmf") is None


def test_a_transaction_of_our_own_is_taken_back_when_it_fails(connection: AnyConnection) -> None:
    def create_a_shoe_and_fail() -> None:
        with transaction() as own:
            own.execute("insert into shoes (id, name) values ('a', 'A')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create_a_shoe_and_fail()
    assert fetch_value(connection, "select count(*) from shoes") == 0


def test_a_connection_speaks_utc_says_who_it_is_and_is_closed_at_the_end(database_url: str) -> None:
    with connect() as own:
        assert own.autocommit
        assert fetch_value(own, "show time zone") == "UTC"
        assert fetch_value(own, "show application_name") == "fitness-pipeline"
    assert own.closed


def test_what_a_url_says_wins_over_our_defaults(database_url: str) -> None:
    with open_connection(f"{database_url}&application_name=mine") as connection:
        assert fetch_value(connection, "show application_name") == "mine"
