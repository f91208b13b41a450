"""Connecting Google by command, with a browser that follows links and an owner who answers at once."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection, record_needs_reauthorization
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.providers.google_calendar.consent import SCOPE
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.google_access import GoogleAccess
from fitness_pipeline_tests.cli.browsers import pages
from fitness_pipeline_tests.cli.conftest import Run

__all__ = ["pages"]


@pytest.fixture
def sandbox(
    environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[GoogleCalendarSandbox]:
    """A Google that the settings name; nobody has granted anything yet."""
    with GoogleCalendarSandbox() as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


def count_stored(connection: AnyConnection) -> int:
    return int(fetch_value(connection, "select count(*) from oauth_credentials"))


def test_saying_yes_once_is_all_it_takes(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str], connection: AnyConnection
) -> None:
    ended = run("auth", "google")
    assert ended.code == 0, ended.err
    assert f"{sandbox.environment()['GOOGLE_AUTHORIZE_URL']}?client_id=" in ended.out
    assert "Google Calendar is connected." in ended.out
    assert "Note:" not in ended.out
    assert "Thank you." in pages[0]
    known = find_connection("google", conn=connection)
    assert known is not None
    assert (known.scopes, known.athlete_id, known.is_stored) == ([SCOPE], None, True)
    GoogleAccess(load_settings()).token()
    assert sandbox.log.count("/token") == 1


def test_saying_no_stores_nothing(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str], connection: AnyConnection
) -> None:
    sandbox.world.oauth.denies = True
    ended = run("auth", "google")
    assert ended.code == 2
    assert "You said no on Google's page." in ended.err
    assert "You said no" in pages[0]
    assert count_stored(connection) == 0


def test_without_events_it_is_refused_before_a_code_is_used(
    run: Run, sandbox: GoogleCalendarSandbox, monkeypatch: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    def untick(url: str) -> bool:
        answer = httpx.URL(httpx.get(url).headers["Location"])
        httpx.get(answer.copy_set_param("scope", "openid"))
        return True

    monkeypatch.setattr("webbrowser.open", untick)
    ended = run("auth", "google")
    assert ended.code == 2
    assert "not one run could be put there" in ended.err
    assert sandbox.log.count("/token") == 0
    assert count_stored(connection) == 0


def test_an_answer_that_somebody_else_sends_is_refused_and_yours_still_counts(
    run: Run, sandbox: GoogleCalendarSandbox, monkeypatch: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    refused = []

    def follow(url: str) -> bool:
        back = httpx.URL(url).params["redirect_uri"]
        refused.append(httpx.get(back, params={"state": "guessed", "code": "c", "scope": SCOPE}).status_code)
        httpx.get(url, follow_redirects=True)
        return True

    monkeypatch.setattr("webbrowser.open", follow)
    assert run("auth", "google").code == 0
    assert refused == [400]
    assert count_stored(connection) == 1


def test_without_a_browser_the_link_is_printed_and_waiting_ends(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str]
) -> None:
    ended = run("auth", "google", "--no-browser", "--timeout", "0.05")
    assert ended.code == 2
    assert "no answer within 0.05 seconds" in ended.err
    assert "/o/oauth2/v2/auth?client_id=" in ended.out
    assert pages == []


def test_an_application_in_testing_is_said_to_end_soon(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str]
) -> None:
    granted = {"access_token": "x", "expires_in": 3599, "refresh_token": "y", "scope": SCOPE}
    sandbox.faults.order(Answer(json_reply({**granted, "refresh_token_expires_in": 604799})), path="/token")
    ended = run("auth", "google")
    assert ended.code == 0
    assert "because your application is in testing. Publish it" in ended.out


@pytest.mark.parametrize("name", ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"])
def test_without_an_application_it_says_how_to_make_one(
    run: Run, sandbox: GoogleCalendarSandbox, environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.delenv(name)
    ended = run("auth", "google")
    assert ended.code == 2
    assert "docs/google-calendar.md" in ended.err
    assert name in ended.err


def test_a_key_that_is_none_is_noticed_before_anybody_is_asked(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str], environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("TOKEN_ENCRYPTION_KEY", "hunter2")
    ended = run("auth", "google")
    assert ended.code == 2
    assert "TOKEN_ENCRYPTION_KEY does not hold a key" in ended.err
    assert pages == []


def test_status_tells_how_google_is_connected(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str], connection: AnyConnection
) -> None:
    assert google_row(run) == ["google", "not connected", "fitness-pipeline auth google"]
    assert run("auth", "google").code == 0
    assert google_row(run)[1].startswith("connected since")
    record_needs_reauthorization("google", "Google no longer accepts it.", conn=connection)
    state = "needs re-authorisation: Google no longer accepts it."
    assert google_row(run) == ["google", state, "fitness-pipeline auth google"]
    (known,) = json.loads(run("status", "--json").out)["connections"]
    assert known["needs_reauthorization_reason"] == "Google no longer accepts it."
    assert run("auth", "google").code == 0
    assert google_row(run)[1].startswith("connected since")


def test_the_key_of_all_providers_is_changed_at_once(
    run: Run, sandbox: GoogleCalendarSandbox, pages: list[str]
) -> None:
    run("auth", "google")
    assert "Encrypted anew: google." in run("auth", "rotate-key").out
    GoogleAccess(load_settings()).token()


def test_nothing_that_is_printed_or_logged_tells_a_secret(
    run: Run,
    sandbox: GoogleCalendarSandbox,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def follow(url: str) -> bool:
        with caplog.at_level(logging.ERROR):  # the browser's own log is not ours
            httpx.get(url, follow_redirects=True)
        return True

    monkeypatch.setattr("webbrowser.open", follow)
    caplog.set_level(logging.DEBUG)
    told = []
    for fault in (None, errors.outage(), errors.not_found(), json_reply({"error": "invalid_grant"}, 400)):
        if fault is not None:
            sandbox.faults.order(Answer(fault, moment="after"), path="/token")
        ended = run("auth", "google")
        assert (ended.code == 0) == (fault is None)
        told += [ended.out, ended.err]
    told += [run("auth", "rotate-key").out, run("status").out, run("status", "--json").out]
    everything = "\n".join((*told, caplog.text))
    assert "/token" in caplog.text
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in everything]


def google_row(run: Run) -> list[str]:
    """The cells of Google's row among the connections."""
    (row,) = [line for line in run("status").out.splitlines() if line.startswith("google ")]
    return [cell.strip() for cell in row.split("  ") if cell]
