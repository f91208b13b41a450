"""Access tokens for Google, also when Google's own client asks for them."""

import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import google_auth_httplib2
import httplib2
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.errors import (
    FitnessPipelineError,
    NeedsReauthorization,
    NotConnected,
    ProviderUnavailable,
)
from fitness_pipeline.providers.google_calendar.service import calendar_service
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.google_access import GoogleAccess, find_obstacle
from fitness_pipeline_tests.google_consents import agree
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.accounts import connection, database_url, rows, stored

__all__ = ["connection", "database_url"]

ALMOST_OVER = timedelta(minutes=55)


@pytest.fixture
def unconnected(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[GoogleCalendarSandbox]:
    """A Google that the settings name, before anybody was asked."""
    with GoogleCalendarSandbox(clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


@pytest.fixture
def sandbox(unconnected: GoogleCalendarSandbox) -> GoogleCalendarSandbox:
    """A Google that is connected."""
    agree(now=NOW)
    unconnected.log.clear()
    return unconnected


@pytest.fixture
def access(sandbox: GoogleCalendarSandbox, clock: SettableClock) -> GoogleAccess:
    """Access that was used once."""
    used = another(clock)
    used.token()
    return used


def another(clock: SettableClock) -> GoogleAccess:
    """Access as another process has it."""
    return GoogleAccess(load_settings(), clock=clock)


@pytest.fixture
def ask(access: GoogleAccess, sandbox: GoogleCalendarSandbox) -> Iterator[Callable[[], int]]:
    """Lists events as Google's own client does, and returns the status."""
    http = google_auth_httplib2.AuthorizedHttp(access.credentials(), http=httplib2.Http(timeout=20))

    def asked() -> int:
        reply, _ = http.request(f"{sandbox.url}/calendar/v3/calendars/primary/events")
        return int(reply.status)

    yield asked
    http.close()


def test_a_refresh_token_that_google_rotates_is_stored(
    access: GoogleAccess, clock: SettableClock, sandbox: GoogleCalendarSandbox, connection: AnyConnection
) -> None:
    clock.advance(ALMOST_OVER)
    sandbox.faults.order(
        Answer(json_reply({"access_token": "ya29.x", "expires_in": 3599, "refresh_token": "1//0new"}))
    )
    access.token()
    assert stored(connection, "google").refresh_token.get_secret_value() == "1//0new"


def test_after_a_dead_refresh_token_it_is_enough_to_connect_again(
    access: GoogleAccess, clock: SettableClock, sandbox: GoogleCalendarSandbox, connection: AnyConnection
) -> None:
    sandbox.world.oauth.kill_refresh_token()
    clock.advance(ALMOST_OVER)
    with pytest.raises(NeedsReauthorization):
        access.token()
    agree(now=clock())
    assert find_obstacle(load_settings(), conn=connection) is None
    assert access.token() == stored(connection, "google").access_token


def test_half_an_answer_changes_nothing_and_the_next_attempt_works(
    access: GoogleAccess, clock: SettableClock, sandbox: GoogleCalendarSandbox, connection: AnyConnection
) -> None:
    before = rows(connection)
    clock.advance(ALMOST_OVER)
    sandbox.faults.order(Truncation())
    with pytest.raises(FitnessPipelineError):
        access.token()
    assert rows(connection) == before
    access.token()


def test_googles_client_asks_with_the_stored_token(
    ask: Callable[[], int], access: GoogleAccess, sandbox: GoogleCalendarSandbox, connection: AnyConnection
) -> None:
    before = rows(connection)
    assert (ask(), ask()) == (200, 200)
    assert sandbox.log.count("/token") == 0
    assert rows(connection) == before


def test_googles_client_refreshes_a_token_that_is_almost_over_in_the_store(
    ask: Callable[[], int],
    clock: SettableClock,
    sandbox: GoogleCalendarSandbox,
    connection: AnyConnection,
) -> None:
    before = stored(connection, "google")
    ask()
    clock.advance(ALMOST_OVER)
    assert ask() == 200
    assert stored(connection, "google").access_token != before.access_token
    assert sandbox.log.count("/token") == 1


def test_googles_client_refreshes_a_rejected_token_in_the_store(
    ask: Callable[[], int],
    access: GoogleAccess,
    sandbox: GoogleCalendarSandbox,
    connection: AnyConnection,
) -> None:
    ask()
    sandbox.world.oauth.kill_access_tokens()
    assert ask() == 200
    assert access.token() == stored(connection, "google").access_token
    assert sandbox.log.count("/token") == 1


def test_googles_client_takes_what_another_one_refreshed(
    ask: Callable[[], int], clock: SettableClock, sandbox: GoogleCalendarSandbox
) -> None:
    ask()
    rejected = another(clock).token()
    sandbox.world.oauth.kill_access_tokens()
    another(clock).token(rejected=rejected)
    assert ask() == 200
    assert sandbox.log.count("/token") == 1


def test_each_part_of_a_batch_carries_a_living_token(
    access: GoogleAccess, clock: SettableClock, sandbox: GoogleCalendarSandbox
) -> None:
    service = calendar_service(sandbox.url, access.credentials())
    answers: list[Any] = []

    def ask_twice_in_a_batch() -> None:
        batch = service.new_batch_http_request(callback=lambda _, answer, error: answers.append(error))
        for _ in range(2):
            batch.add(service.events().list(calendarId="primary"))
        batch.execute()

    ask_twice_in_a_batch()
    clock.advance(ALMOST_OVER)
    ask_twice_in_a_batch()
    assert sandbox.log.count("/token") == 1
    sandbox.world.oauth.kill_access_tokens()
    ask_twice_in_a_batch()
    assert sandbox.log.count("/token") == 2
    service.close()
    assert answers == [None] * 6


def test_what_keeps_from_asking_reaches_whoever_uses_googles_client(
    ask: Callable[[], int], clock: SettableClock, sandbox: GoogleCalendarSandbox
) -> None:
    ask()
    clock.advance(ALMOST_OVER)
    sandbox.faults.order(Answer(errors.backend_error(503)), path="/token")
    with pytest.raises(ProviderUnavailable):
        ask()
    sandbox.world.oauth.revoke()
    with pytest.raises(NeedsReauthorization):
        ask()


def test_who_is_not_connected_is_told_so_in_a_sentence(
    unconnected: GoogleCalendarSandbox,
    clock: SettableClock,
    environment: pytest.MonkeyPatch,
    connection: AnyConnection,
) -> None:
    with pytest.raises(NotConnected, match=r"^Google Calendar is not connected\. Run `fitness-pipeline auth"):
        another(clock).token()
    environment.delenv("GOOGLE_CLIENT_ID")
    obstacle = find_obstacle(load_settings(), conn=connection)
    assert isinstance(obstacle, NotConnected)
    assert "docs/google-calendar.md" in str(obstacle)
    assert find_connection("google", conn=connection) is None
    assert unconnected.log.count() == 0


def test_no_failure_and_no_log_tells_a_secret(
    access: GoogleAccess,
    ask: Callable[[], int],
    clock: SettableClock,
    sandbox: GoogleCalendarSandbox,
    caplog: pytest.LogCaptureFixture,
    connection: AnyConnection,
) -> None:
    caplog.set_level(logging.DEBUG)
    ask()
    held = (access, access.token(), access.credentials(), load_settings(), stored(connection, "google"))
    told = [repr(held), str(rows(connection))]
    clock.advance(ALMOST_OVER)
    for fault in (Answer(errors.outage()), Reset(), Answer(errors.not_found()), Truncation(), None):
        sandbox.faults.clear()
        if fault is not None:
            sandbox.faults.order(fault, path="/token", times=None)
        else:
            sandbox.world.oauth.revoke()
        for attempt in (access.token, ask):
            with pytest.raises(FitnessPipelineError) as raised:
                attempt()
            told += [repr(raised.value), *traceback.format_exception(raised.value)]
    told.append(str(rows(connection)))
    everything = "\n".join((*told, caplog.text))
    assert "Making request: POST" in everything
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in everything]
