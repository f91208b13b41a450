"""Connecting Strava by command: what the athlete grants, and whose account it is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.sync_metadata import get_last_sync_time, update_last_sync_time
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
from fitness_pipeline_tests.cli.browsers import pages
from fitness_pipeline_tests.cli.conftest import Run
from fitness_pipeline_tests.cli.consenting import STRAVA_SCOPES, consenting_strava, count_stored

__all__ = ["pages"]


@pytest.fixture
def sandbox(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[StravaSandbox]:
    """A Strava that the settings name; nobody has granted anything yet."""
    with consenting_strava(environment) as provider:
        yield provider.sandbox


@pytest.fixture
def connect(run: Run, sandbox: StravaSandbox, pages: list[str]) -> Callable[[], None]:
    """Connects Strava."""

    def connected() -> None:
        assert run("auth", "strava").code == 0

    return connected


def test_without_private_activities_it_connects_and_says_what_is_missing(
    run: Run, sandbox: StravaSandbox, pages: list[str], connection: AnyConnection
) -> None:
    sandbox.world.oauth.unticks = frozenset({"activity:read_all"})
    ended = run("auth", "strava")
    assert ended.code == 0
    assert "activities that only you can see" in ended.out
    assert "activities that only you can see" in pages[0]
    known = find_connection("strava", conn=connection)
    assert known is not None
    assert known.scopes == ["read", "activity:read"]


def test_without_activities_it_is_refused_before_a_code_is_used(
    run: Run, sandbox: StravaSandbox, pages: list[str], connection: AnyConnection
) -> None:
    sandbox.world.oauth.unticks = frozenset(STRAVA_SCOPES)
    ended = run("auth", "strava")
    assert ended.code == 2
    assert "not one activity could be read" in ended.err
    assert sandbox.log.count("/oauth/token") == 0
    assert count_stored(connection) == 0


def test_a_code_that_strava_refuses_leaves_the_former_connection(
    connect: Callable[[], None], run: Run, sandbox: StravaSandbox, connection: AnyConnection
) -> None:
    connect()
    sandbox.faults.order(Answer(errors.bad_request("RequestToken", "code", "invalid")), path="/oauth/token")
    assert "works once" in run("auth", "strava").err
    StravaAccess(load_settings()).token()


def test_another_athletes_account_is_not_mixed_with_the_first(
    connect: Callable[[], None], run: Run, connection: AnyConnection
) -> None:
    connect()
    connection.execute(
        """
        insert into raw.strava_activities (activity_id, payload, sha256, start_date, scope, change_id)
        values (1, '{"athlete": {"id": 7}}', sha256('x'), '2026-01-01Z', 'activity:read_all', 1)
        """
    )
    before = fetch_value(connection, "select refresh_token from oauth_credentials")
    ended = run("auth", "strava")
    assert ended.code == 2
    assert "those of athlete 7" in ended.err
    assert fetch_value(connection, "select refresh_token from oauth_credentials") == before


def test_while_nothing_is_stored_any_athlete_may_come(
    connect: Callable[[], None], run: Run, connection: AnyConnection
) -> None:
    connect()
    connection.execute("update normalized.connections set athlete_id = 7")
    assert run("auth", "strava").code == 0
    assert fetch_value(connection, "select athlete_id from normalized.connections") != 7


def test_who_grants_more_than_before_gets_what_is_old_with_the_next_sync(
    connect: Callable[[], None], run: Run, connection: AnyConnection
) -> None:
    connect()
    update_last_sync_time("strava", datetime(2026, 3, 1, tzinfo=UTC), conn=connection)
    run("auth", "strava")
    assert get_last_sync_time("strava", conn=connection) is not None
    connection.execute("update normalized.connections set scopes = '{read,activity:read}'")
    run("auth", "strava")
    assert get_last_sync_time("strava", conn=connection) is None


def test_status_tells_of_a_refresh_token_to_begin_with(
    run: Run, sandbox: StravaSandbox, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("STRAVA_REFRESH_TOKEN", "anything")
    assert "will begin with STRAVA_REFRESH_TOKEN" in run("status").out
