"""Which faults are worth a retry, and which wait for a person."""

import socket
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.errors import NoRows
from fitness_pipeline_tests.assets.conftest import RunJob
from fitness_pipeline_tests.builders import Workout, write_export

ASSETS = ["raw/mmf_workouts", "normalized/runs", "shoes", "runs"]


def test_a_server_that_does_not_answer_is_worth_another_attempt(environment: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    environment.setenv("DATABASE_URL", f"postgresql://somebody@127.0.0.1:{port}/fitness")
    with pytest.raises(dg.RetryRequested) as fault, dagster_failures(), connect():
        pass
    assert (fault.value.max_retries, fault.value.seconds_to_wait) == (3, 5)


def test_a_session_that_the_server_ends_is_worth_another_attempt(database_url: str) -> None:
    with pytest.raises(dg.RetryRequested), dagster_failures(), connect() as connection:
        connection.execute("select pg_terminate_backend(pg_backend_pid())")


def test_a_step_that_met_a_passing_fault_succeeds_at_the_next_attempt(
    run_job: RunJob,
    environment: pytest.MonkeyPatch,
    connection: AnyConnection,
    database_url: str,
    data_dir: Path,
) -> None:
    (data_dir / "inbox").mkdir()
    path = write_export(data_dir / "inbox" / "export.csv", [Workout()])
    environment.setenv("DATABASE_URL", f"{database_url}&options=-c%20lock_timeout%3D50")
    connection.execute("begin")
    connection.execute("lock table raw.mmf_workouts")
    outcome = run_job([path], on_retry=lambda: connection.execute("rollback"))
    assert outcome.retries == ["raw__mmf_workouts"]
    assert outcome.success
    assert (data_dir / "archive" / "export.csv").exists()


def test_a_file_stays_in_the_inbox_while_its_rows_are_not_committed(
    run_job: RunJob,
    environment: pytest.MonkeyPatch,
    connection: AnyConnection,
    database_url: str,
    data_dir: Path,
) -> None:
    (data_dir / "inbox").mkdir()
    paths = [write_export(data_dir / "inbox" / f"{id}.csv", [Workout(id=id)]) for id in (1, 2)]
    connection.execute(
        """
        create function fail() returns trigger language plpgsql as $$ begin raise 'no room'; end $$;
        create trigger fail before insert on raw.mmf_workouts for each row
            when (new.workout_key = 'mmf_2') execute function fail()
        """
    )
    assert not run_job(paths).success
    assert all(path.exists() for path in paths)


def test_a_database_that_is_not_migrated_waits_for_a_person(
    run_job: RunJob, environment: pytest.MonkeyPatch, empty_database_url: str
) -> None:
    environment.setenv("DATABASE_URL", empty_database_url)
    for asset in ASSETS:
        outcome = run_job(only=[asset])
        (sentence,) = outcome.failures.values()
        assert "Run `fitness-pipeline db upgrade`." in sentence
        assert outcome.retries == []


def test_a_database_that_does_not_exist_waits_for_a_person(
    environment: pytest.MonkeyPatch, server: EmbeddedServer
) -> None:
    environment.setenv("DATABASE_URL", server.url("nowhere"))
    with pytest.raises(dg.Failure) as failure, dagster_failures(), connect():
        pass
    assert 'database "nowhere" does not exist' in (failure.value.description or "")
    assert failure.value.allow_retries is False


def test_our_sentence_is_what_a_person_reads() -> None:
    with pytest.raises(dg.Failure) as failure, dagster_failures():
        raise NoRows("export.csv has a header, but no row below it.")
    assert failure.value.description == "export.csv has a header, but no row below it."
    assert failure.value.allow_retries is False


def test_a_bug_stays_what_it_is() -> None:
    with pytest.raises(ZeroDivisionError), dagster_failures():
        _ = 1 / 0
    with pytest.raises(psycopg.ProgrammingError), dagster_failures():
        raise psycopg.errors.SyntaxError
