"""A scan of all runs is done again only when there is a new version, or after a day."""

from collections.abc import Iterator

import psycopg
import pytest

from fitness_pipeline import db
from fitness_pipeline.db.checks_passed import NONE, Checked, checked
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.integrity import Violations, runs_with_impossible_values
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.db.sides import delete, edit, upstream

NAME = "values_are_possible"
FOUND = Checked(Violations(1, ["mmf_1"]))


def check(connection: AnyConnection, name: str = NAME) -> Checked:
    return checked(name, runs_with_impossible_values, conn=connection)


def break_unseen(connection: AnyConnection) -> None:
    """Break a rule in a way that makes no version, so that only a scan can find it."""
    connection.execute("update runs set avg_heart_rate = 900 where id = 'mmf_1'")


@pytest.fixture
def passed(scratch: AnyConnection) -> AnyConnection:
    """Two runs that were scanned and pass."""
    create_runs(scratch, new_run("mmf_1"), new_run("mmf_2"))
    assert check(scratch) == Checked(NONE)
    return scratch


def test_what_passed_passes_again_without_a_scan_and_says_so(passed: AnyConnection) -> None:
    break_unseen(passed)
    again = check(passed)
    assert again.violations == NONE
    assert again.passed_at == fetch_value(passed, "select passed_at from normalized.checks_passed")


@pytest.mark.parametrize("change", ["edit", "deletion", "new run"])
def test_a_new_version_of_any_run_means_a_scan(passed: AnyConnection, change: str) -> None:
    break_unseen(passed)
    if change == "edit":
        edit(passed, "mmf_2", distance=8.0)
    elif change == "deletion":
        delete(passed, "mmf_2")
    else:
        upstream(passed, new_run("mmf_3"))
    assert check(passed) == FOUND


def test_after_a_day_there_is_a_scan(passed: AnyConnection) -> None:
    break_unseen(passed)
    passed.execute("update normalized.checks_passed set passed_at = now() - interval '23 hours 59 minutes'")
    assert check(passed).passed_at is not None
    passed.execute("update normalized.checks_passed set passed_at = now() - interval '24 hours 1 minute'")
    assert check(passed) == FOUND


def test_a_clock_that_was_wrong_once_keeps_nothing_from_being_scanned(passed: AnyConnection) -> None:
    break_unseen(passed)
    passed.execute("update normalized.checks_passed set passed_at = now() + interval '1 hour'")
    assert check(passed) == FOUND


def test_what_failed_is_never_remembered(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run("mmf_1"))
    break_unseen(scratch)
    assert check(scratch) == FOUND
    assert check(scratch) == FOUND
    scratch.execute("update runs set avg_heart_rate = null")
    assert check(scratch) == Checked(NONE)


def test_each_check_is_remembered_by_itself(passed: AnyConnection) -> None:
    break_unseen(passed)
    assert check(passed, "another") == FOUND


def test_without_any_run_a_check_passes_and_is_remembered(scratch: AnyConnection) -> None:
    assert check(scratch) == Checked(NONE)
    assert check(scratch).passed_at is not None


def test_a_scan_beside_a_writer_is_not_remembered(connection: AnyConnection, holder: AnyConnection) -> None:
    """The writer's version may be older than the newest, and is not to be seen yet."""
    create_runs(connection, new_run("mmf_1"), new_run("mmf_2"))
    holder.execute("update runs set avg_heart_rate = 900 where id = 'mmf_1'")
    edit(holder, "mmf_1", distance=8.0)
    edit(connection, "mmf_2", distance=8.0)
    assert check(connection) == Checked(NONE)
    holder.commit()
    assert check(connection) == FOUND


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    create_runs(connection, new_run("mmf_1"))
    assert checked(NAME, runs_with_impossible_values) == Checked(NONE)
    break_unseen(connection)
    assert checked(NAME, runs_with_impossible_values).passed_at is not None
    db.runs_history.soft_delete_run("mmf_1", "Ada", conn=connection)
    assert checked(NAME, runs_with_impossible_values) == FOUND


@pytest.fixture
def holder(connection: AnyConnection, database_url: str) -> Iterator[AnyConnection]:
    """A second connection, in a transaction that its user ends."""
    opened = psycopg.connect(database_url)
    yield opened
    opened.close()
