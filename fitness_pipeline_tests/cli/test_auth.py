"""Connecting Strava by command, with a browser that follows links and an athlete who answers at once."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection, record_needs_reauthorization
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.sync_metadata import get_last_sync_time, update_last_sync_time
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
from fitness_pipeline.token_cipher import new_key
from fitness_pipeline_tests.cli.browsers import pages
from fitness_pipeline_tests.cli.conftest import Run

__all__ = ["pages"]

ALL = ["read", "activity:read", "activity:read_all"]


@pytest.fixture
def sandbox(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[StravaSandbox]:
    """A Strava that the settings name; nobody has granted anything yet."""
    with StravaSandbox() as serving:
        for name, value in serving.environment().items():
            if name != "STRAVA_REFRESH_TOKEN":
                environment.setenv(name, value)
        serving.world.oauth.revoke()
        yield serving


@pytest.fixture
def connect(run: Run, sandbox: StravaSandbox, pages: list[str]) -> Callable[[], None]:
    """Connects Strava."""

    def connected() -> None:
        assert run("auth", "strava").code == 0

    return connected


def count_stored(connection: AnyConnection) -> int:
    return int(fetch_value(connection, "select count(*) from oauth_credentials"))


def test_saying_yes_once_is_all_it_takes(
    run: Run, sandbox: StravaSandbox, pages: list[str], connection: AnyConnection
) -> None:
    ended = run("auth", "strava")
    assert ended.code == 0, ended.err
    assert f"{sandbox.authorize_url}?client_id=" in ended.out
    assert "Strava is connected. Granted: read, activity:read, activity:read_all." in ended.out
    assert "Thank you." in pages[0]
    known = find_connection("strava", conn=connection)
    assert known is not None
    assert (known.scopes, known.athlete_id, known.is_stored) == (ALL, ATHLETE_ID, True)
    token = StravaAccess(load_settings()).token().get_secret_value()
    assert sandbox.world.oauth.is_known(token)
    assert sandbox.log.count("/oauth/token") == 1


def test_saying_no_stores_nothing(
    run: Run, sandbox: StravaSandbox, pages: list[str], connection: AnyConnection
) -> None:
    sandbox.world.oauth.denies = True
    ended = run("auth", "strava")
    assert ended.code == 2
    assert "You said no on Strava's page." in ended.err
    assert "You said no" in pages[0]
    assert count_stored(connection) == 0


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
    sandbox.world.oauth.unticks = frozenset(ALL)
    ended = run("auth", "strava")
    assert ended.code == 2
    assert "not one activity could be read" in ended.err
    assert sandbox.log.count("/oauth/token") == 0
    assert count_stored(connection) == 0


def test_an_answer_that_somebody_else_sends_is_refused_and_yours_still_counts(
    run: Run, sandbox: StravaSandbox, monkeypatch: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    refused = []

    def follow(url: str) -> bool:
        back = httpx.URL(url).params["redirect_uri"]
        refused.append(httpx.get(back, params={"state": "guessed", "code": "c", "scope": "read"}).status_code)
        httpx.get(url, follow_redirects=True)
        return True

    monkeypatch.setattr("webbrowser.open", follow)
    assert run("auth", "strava").code == 0
    assert refused == [400]
    assert count_stored(connection) == 1


def test_without_a_browser_the_link_is_printed_and_waiting_ends(
    run: Run, sandbox: StravaSandbox, pages: list[str]
) -> None:
    ended = run("auth", "strava", "--no-browser", "--timeout", "0.05")
    assert ended.code == 2
    assert "no answer within 0.05 seconds" in ended.err
    assert sandbox.authorize_url in ended.out
    assert pages == []


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


@pytest.mark.parametrize("name", ["STRAVA_CLIENT_ID", "STRAVA_CLIENT_SECRET"])
def test_without_an_application_it_says_where_to_make_one(
    run: Run, sandbox: StravaSandbox, environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.delenv(name)
    ended = run("auth", "strava")
    assert ended.code == 2
    assert "https://www.strava.com/settings/api" in ended.err
    assert name in ended.err


def test_a_key_that_is_none_is_noticed_before_anybody_is_asked(
    run: Run, sandbox: StravaSandbox, pages: list[str], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("TOKEN_ENCRYPTION_KEY", "hunter2")
    ended = run("auth", "strava")
    assert ended.code == 2
    assert "TOKEN_ENCRYPTION_KEY does not hold a key" in ended.err
    assert "hunter2" not in ended.err
    assert pages == []


def test_status_tells_how_strava_is_connected(
    run: Run,
    sandbox: StravaSandbox,
    pages: list[str],
    connection: AnyConnection,
    environment: pytest.MonkeyPatch,
) -> None:
    assert "not connected" in run("status").out
    environment.setenv("STRAVA_REFRESH_TOKEN", "anything")
    assert "will begin with STRAVA_REFRESH_TOKEN" in run("status").out
    environment.delenv("STRAVA_REFRESH_TOKEN")
    assert run("auth", "strava").code == 0
    assert "connected since" in run("status").out
    record_needs_reauthorization("strava", "Strava no longer accepts it.", conn=connection)
    told = run("status").out
    assert "needs re-authorisation: Strava no longer accepts it." in told
    assert "fitness-pipeline auth strava" in told
    (known,) = json.loads(run("status", "--json").out)["connections"]
    assert known["needs_reauthorization_reason"] == "Strava no longer accepts it."
    assert run("auth", "strava").code == 0
    assert "connected since" in run("status").out


def test_the_key_is_changed_and_the_next_step_is_told(
    connect: Callable[[], None], run: Run, environment: pytest.MonkeyPatch
) -> None:
    connect()
    file = load_settings().token_key_file
    before = file.read_text()
    ended = run("auth", "rotate-key")
    assert ended.code == 0
    assert "Encrypted anew: strava." in ended.out
    assert str(file) in ended.out
    assert file.read_text() != before
    StravaAccess(load_settings()).token()
    environment.setenv("TOKEN_ENCRYPTION_KEY", f"{new_key()},{file.read_text()}")
    assert "Now leave only the first key" in run("auth", "rotate-key").out
    StravaAccess(load_settings()).token()


def test_before_anything_is_stored_there_is_no_key_to_change(run: Run, sandbox: StravaSandbox) -> None:
    ended = run("auth", "rotate-key")
    assert ended.code == 0
    assert "No tokens are stored yet" in ended.out
    assert not load_settings().token_key_file.exists()


def test_nothing_that_is_printed_or_logged_tells_a_secret(
    run: Run, sandbox: StravaSandbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def follow(url: str) -> bool:
        with caplog.at_level(logging.ERROR):  # the browser's own log is not ours
            httpx.get(url, follow_redirects=True)
        return True

    monkeypatch.setattr("webbrowser.open", follow)
    caplog.set_level(logging.DEBUG)
    told = []
    for fault in (None, errors.outage(), errors.not_found(), errors.bad_request("RequestToken", "", "")):
        if fault is not None:
            sandbox.faults.order(Answer(fault, moment="after"), path="/oauth/token")
        ended = run("auth", "strava")
        assert (ended.code == 0) == (fault is None)
        told += [ended.out, ended.err]
    told += [run("auth", "rotate-key").out, run("status").out, run("status", "--json").out]
    everything = "\n".join((*told, caplog.text))
    assert "/oauth/token" in caplog.text
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in everything]
