"""A consent at Google becomes a connection, whole or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg.rows import tuple_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection, record_needs_reauthorization
from fitness_pipeline.errors import AuthorizationRefused, ProviderUnavailable
from fitness_pipeline.providers.google_calendar.consent import SCOPE
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Hold
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.google_access import GoogleAccess
from fitness_pipeline_tests.google_consents import agree
from fitness_pipeline_tests.moments import NOW


@pytest.fixture
def sandbox(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[GoogleCalendarSandbox]:
    """A Google that the settings name."""
    with GoogleCalendarSandbox(clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


def stored(connection: AnyConnection) -> list[tuple[object, ...]]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute("select provider, client_id, expires_at from oauth_credentials").fetchall()


def test_what_was_granted_is_stored_and_nobody_is_called_an_athlete(
    sandbox: GoogleCalendarSandbox, connection: AnyConnection
) -> None:
    grant = agree(now=NOW)
    client_id = sandbox.world.oauth.client.id
    assert stored(connection) == [("google", client_id, NOW + timedelta(seconds=3599))]
    known = find_connection("google", conn=connection)
    assert known is not None
    assert (known.scopes, known.athlete_id, known.is_stored) == ([SCOPE], None, True)
    assert GoogleAccess(load_settings(), clock=lambda: NOW).token() == grant.tokens.access_token


def test_connecting_again_replaces_what_was_there_and_ends_the_need_for_it(
    sandbox: GoogleCalendarSandbox, connection: AnyConnection
) -> None:
    agree(now=NOW)
    record_needs_reauthorization("google", "It is dead.", conn=connection)
    sandbox.world.oauth.revoke()
    grant = agree(now=NOW)
    assert len(stored(connection)) == 1
    known = find_connection("google", conn=connection)
    assert known is not None
    assert known.needs_reauthorization_reason is None
    assert GoogleAccess(load_settings(), clock=lambda: NOW).token() == grant.tokens.access_token


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Answer(errors.backend_error()), ProviderUnavailable),
        (Answer(json_reply({"access_token": "x", "expires_in": 9, "scope": SCOPE})), AuthorizationRefused),
    ],
    ids=["an outage", "no refresh token"],
)
def test_what_does_not_succeed_leaves_the_former_connection(
    sandbox: GoogleCalendarSandbox, connection: AnyConnection, fault: Fault, error: type[Exception]
) -> None:
    with pytest.raises(AuthorizationRefused):
        _agree_with(sandbox, Answer(json_reply({"error": "invalid_grant"}, 400)))
    assert stored(connection) == []
    before = agree(now=NOW)
    with pytest.raises(error):
        _agree_with(sandbox, fault)
    assert GoogleAccess(load_settings(), clock=lambda: NOW).token() == before.tokens.access_token


def test_a_refresh_that_is_under_way_does_not_overwrite_what_was_just_granted(
    sandbox: GoogleCalendarSandbox, clock: SettableClock, connection: AnyConnection
) -> None:
    agree(now=NOW)
    clock.advance(timedelta(minutes=55))
    hold = Hold()
    sandbox.faults.order(hold, path="/token")
    with ThreadPoolExecutor(2) as pool:
        refreshed = pool.submit(GoogleAccess(load_settings(), clock=clock).token)
        hold.arrived.wait()
        connected = pool.submit(agree, now=clock())
        try:
            while connection.execute("select from pg_locks where not granted").rowcount == 0:
                assert not connected.done(), "it did not wait for the refresh"
        finally:
            hold.release()
    assert refreshed.result() != connected.result().tokens.access_token
    assert GoogleAccess(load_settings(), clock=clock).token() == connected.result().tokens.access_token


def _agree_with(sandbox: GoogleCalendarSandbox, fault: Fault) -> None:
    sandbox.faults.order(fault, path="/token")
    agree(now=NOW)
