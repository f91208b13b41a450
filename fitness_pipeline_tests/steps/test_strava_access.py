"""Access tokens for Strava: what is special about beginning, rotating and many processes."""

import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.errors import (
    ClientMissing,
    FitnessPipelineError,
    NeedsReauthorization,
    NotConnected,
    ProviderUnavailable,
)
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Hold, Reset, Truncation
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess, find_obstacle
from fitness_pipeline_tests.builders import while_blocked
from fitness_pipeline_tests.steps.accounts import connection, database_url, rows, stored

__all__ = ["connection", "database_url"]

ALMOST_OVER = timedelta(hours=5, minutes=55, seconds=1)
ASK = """
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
StravaAccess(load_settings()).token()
print("got one")
"""


@pytest.fixture
def sandbox(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[StravaSandbox]:
    """A Strava that the settings name, with a refresh token to begin with."""
    with StravaSandbox(clock=clock) as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


@pytest.fixture
def access(sandbox: StravaSandbox, clock: SettableClock) -> StravaAccess:
    """Access that was used once, so that there are stored credentials."""
    used = another(clock)
    used.token()
    sandbox.log.clear()
    return used


def another(clock: SettableClock) -> StravaAccess:
    """Access as another process has it."""
    return StravaAccess(load_settings(), clock=clock)


def test_a_refresh_token_from_the_environment_is_enough_to_begin_with(
    sandbox: StravaSandbox, clock: SettableClock, connection: AnyConnection
) -> None:
    token = another(clock).token()
    assert sandbox.world.oauth.is_known(token.get_secret_value())
    assert stored(connection, "strava").refresh_token.get_secret_value() == sandbox.world.oauth.refresh_token
    assert find_obstacle(load_settings(), conn=connection) is None


def test_what_is_stored_wins_over_the_environment_afterwards(
    access: StravaAccess, clock: SettableClock, environment: pytest.MonkeyPatch
) -> None:
    before = access.token()
    environment.setenv("STRAVA_REFRESH_TOKEN", "worn-out")
    clock.advance(ALMOST_OVER)
    assert another(clock).token() != before


def test_however_many_threads_begin_there_is_one_refresh(
    sandbox: StravaSandbox, clock: SettableClock, database_url: str
) -> None:
    with psycopg.connect(database_url) as holder:
        holder.execute("lock table oauth_credentials in exclusive mode")
        found = while_blocked(holder, *(another(clock).token for _ in range(8)), then=holder.commit)
    assert len({future.result().get_secret_value() for future in found}) == 1
    assert sandbox.log.count("/oauth/token") == 1


def test_however_many_processes_want_a_token_there_is_one_refresh(
    sandbox: StravaSandbox, clock: SettableClock, connection: AnyConnection
) -> None:
    clock.now = datetime.now(UTC)
    hold = Hold()
    sandbox.faults.order(hold)
    processes = [
        subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    waiting = "select count(distinct pid) from pg_locks where not granted"
    try:
        assert hold.arrived.wait(60)
        while connection.execute(waiting).fetchone() != (2,):
            assert all(process.poll() is None for process in processes)
    finally:
        hold.release()
    assert [process.communicate()[0] for process in processes] == ["got one\n"] * 3
    assert sandbox.log.count("/oauth/token") == 1


def test_an_answer_that_is_lost_costs_nothing_while_strava_still_returns_the_same_token(
    access: StravaAccess, clock: SettableClock, sandbox: StravaSandbox
) -> None:
    token = access.token()
    sandbox.faults.order(Reset(moment="after"))
    with pytest.raises(ProviderUnavailable):
        access.token(rejected=token)
    assert access.token(rejected=token) == token


def test_a_dead_refresh_token_in_the_environment_can_be_replaced_there(
    sandbox: StravaSandbox, clock: SettableClock, environment: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    sandbox.world.oauth.kill_refresh_token()
    with pytest.raises(NeedsReauthorization, match="STRAVA_REFRESH_TOKEN"):
        another(clock).token()
    known = find_connection("strava", conn=connection)
    assert known is not None
    assert known.needs_reauthorization_reason is not None
    environment.setenv("STRAVA_REFRESH_TOKEN", sandbox.world.oauth.connect())
    another(clock).token()
    known = find_connection("strava", conn=connection)
    assert known is not None
    assert known.needs_reauthorization_reason is None


def test_nothing_to_begin_with_is_said_in_a_sentence(
    sandbox: StravaSandbox, clock: SettableClock, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("STRAVA_CLIENT_ID")
    with pytest.raises(ClientMissing, match=r"https://www\.strava\.com/settings/api"):
        another(clock).token()
    environment.delenv("STRAVA_REFRESH_TOKEN")
    with pytest.raises(NotConnected, match="fitness-pipeline auth strava"):
        another(clock).token()
    assert isinstance(find_obstacle(load_settings()), NotConnected)
    assert sandbox.log.count() == 0


def test_no_failure_and_no_log_tells_a_secret(
    access: StravaAccess,
    clock: SettableClock,
    sandbox: StravaSandbox,
    caplog: pytest.LogCaptureFixture,
    connection: AnyConnection,
) -> None:
    caplog.set_level(logging.DEBUG)
    told = [
        repr((access, access.token(), load_settings(), stored(connection, "strava"))),
        str(rows(connection)),
    ]
    clock.advance(ALMOST_OVER)
    for fault in (Answer(errors.outage()), Reset(), Answer(errors.not_found()), Truncation(), None, None):
        if fault is not None:
            sandbox.faults.order(fault)
        with pytest.raises(FitnessPipelineError) as raised:
            access.token()
        told += [repr(raised.value), *traceback.format_exception(raised.value)]
    told.append(str(rows(connection)))
    everything = "\n".join((*told, caplog.text))
    assert "httpcore" in everything
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in everything]
