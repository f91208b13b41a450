"""Access tokens for Strava: one refresh, committed before its use, and an honest word when it fails."""

import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import tuple_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.oauth_credentials import Credentials, lock_credentials
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.errors import (
    ClientMissing,
    ClientRefused,
    EncryptionKeyMissing,
    FitnessPipelineError,
    NeedsReauthorization,
    NotConnected,
    ProviderUnavailable,
    WrongEncryptionKey,
)
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Fault, Hold, Reset, Truncation
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess, find_obstacle
from fitness_pipeline.token_cipher import new_key
from fitness_pipeline.token_keys import TokenKeys
from fitness_pipeline_tests.builders import while_blocked

NOW = datetime(2026, 3, 10, 14, 7, 30, tzinfo=UTC)
ALMOST_OVER = timedelta(hours=5, minutes=55, seconds=1)
ASK = """
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
StravaAccess(load_settings()).token()
print("got one")
"""


@pytest.fixture
def clock() -> SettableClock:
    """The time, for Strava and for us."""
    return SettableClock(NOW)


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
    used = StravaAccess(load_settings(), clock=clock)
    used.token()
    sandbox.log.clear()
    return used


def another(clock: SettableClock) -> StravaAccess:
    """Access as another process has it."""
    return StravaAccess(load_settings(), clock=clock)


def stored(connection: AnyConnection) -> Credentials:
    with connection.transaction():
        found = lock_credentials(connection, "strava", TokenKeys.of(load_settings()).cipher)
    assert found is not None
    return found


def rows(connection: AnyConnection) -> list[object]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [
            *cursor.execute("select * from oauth_credentials"),
            *cursor.execute("select * from normalized.connections"),
        ]


def test_a_refresh_token_from_the_environment_is_enough_to_begin_with(
    sandbox: StravaSandbox, clock: SettableClock, connection: AnyConnection
) -> None:
    token = another(clock).token()
    assert sandbox.world.oauth.is_known(token.get_secret_value())
    assert stored(connection).refresh_token.get_secret_value() == sandbox.world.oauth.refresh_token
    assert find_obstacle(load_settings(), conn=connection) is None


def test_what_is_stored_wins_over_the_environment_afterwards(
    access: StravaAccess, clock: SettableClock, environment: pytest.MonkeyPatch
) -> None:
    before = access.token()
    environment.setenv("STRAVA_REFRESH_TOKEN", "worn-out")
    clock.advance(ALMOST_OVER)
    assert another(clock).token() != before


def test_a_token_with_minutes_left_is_used_without_asking(
    access: StravaAccess, clock: SettableClock, sandbox: StravaSandbox
) -> None:
    token = access.token()
    clock.advance(ALMOST_OVER - timedelta(seconds=2))
    assert access.token() == another(clock).token() == token
    assert sandbox.log.count() == 0


def test_a_token_that_is_almost_over_is_refreshed_and_the_rotation_is_stored(
    access: StravaAccess, clock: SettableClock, sandbox: StravaSandbox, connection: AnyConnection
) -> None:
    before = stored(connection)
    clock.advance(ALMOST_OVER)
    token = access.token()
    after = stored(connection)
    assert token == after.access_token != before.access_token
    assert before.refresh_token != after.refresh_token
    assert after.refresh_token.get_secret_value() == sandbox.world.oauth.refresh_token
    assert sandbox.log.count("/oauth/token") == 1


def test_however_many_threads_want_a_token_there_is_one_refresh(
    access: StravaAccess,
    clock: SettableClock,
    sandbox: StravaSandbox,
    connection: AnyConnection,
    database_url: str,
) -> None:
    clock.advance(ALMOST_OVER)
    with psycopg.connect(database_url) as holder:
        holder.execute("select from oauth_credentials for update")
        wanting = [access.token, access.token, *(another(clock).token for _ in range(14))]
        found = while_blocked(holder, *wanting, then=holder.commit)
    assert {future.result().get_secret_value() for future in found} == {
        stored(connection).access_token.get_secret_value()
    }
    assert sandbox.log.count("/oauth/token") == 1


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
        subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True) for _ in range(5)
    ]
    waiting = "select count(distinct pid) from pg_locks where not granted"
    while connection.execute(waiting).fetchone() != (4,):
        assert all(process.poll() is None for process in processes)
    hold.release()
    assert [process.communicate()[0] for process in processes] == ["got one\n"] * 5
    assert sandbox.log.count("/oauth/token") == 1


def test_a_token_that_could_not_be_committed_is_never_used(
    access: StravaAccess, clock: SettableClock, sandbox: StravaSandbox, connection: AnyConnection
) -> None:
    before = rows(connection)

    def end_all_others(_: object) -> None:
        connection.execute(
            """
            select pg_terminate_backend(pid, 10000) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """
        )

    clock.advance(ALMOST_OVER)
    sandbox.faults.order(Change(end_all_others, moment="after"))
    with pytest.raises(psycopg.OperationalError):
        access.token()
    assert rows(connection) == before
    # Strava has rotated, and what it said is lost: now a person has to act, and is told so.
    with pytest.raises(NeedsReauthorization):
        access.token()


def test_an_answer_that_is_lost_costs_nothing_while_strava_still_returns_the_same_token(
    access: StravaAccess, clock: SettableClock, sandbox: StravaSandbox
) -> None:
    token = access.token()
    sandbox.faults.order(Reset(moment="after"))
    with pytest.raises(ProviderUnavailable):
        access.token(rejected=token)
    assert access.token(rejected=token) == token


def test_a_dead_refresh_token_is_recorded_and_asked_about_once(
    access: StravaAccess, clock: SettableClock, sandbox: StravaSandbox, connection: AnyConnection
) -> None:
    sandbox.world.oauth.kill_refresh_token()
    clock.advance(ALMOST_OVER)
    for attempt in (access, access, another(clock)):
        with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
            attempt.token()
    assert sandbox.log.count("/oauth/token") == 1
    assert isinstance(find_obstacle(load_settings(), conn=connection), NeedsReauthorization)


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


@pytest.mark.parametrize(
    "fault",
    [Answer(errors.outage()), Answer(errors.rate_limited()), Reset(), Answer(errors.not_found())],
    ids=["an outage", "too many requests", "a reset", "a wrong address"],
)
def test_a_failure_of_strava_changes_nothing_and_the_next_attempt_works(
    access: StravaAccess,
    clock: SettableClock,
    sandbox: StravaSandbox,
    connection: AnyConnection,
    fault: Fault,
) -> None:
    before = rows(connection)
    clock.advance(ALMOST_OVER)
    sandbox.faults.order(fault)
    with pytest.raises(FitnessPipelineError):
        access.token()
    assert rows(connection) == before
    access.token()


def test_a_token_that_strava_rejects_is_refreshed_by_whoever_says_so_first(
    access: StravaAccess, clock: SettableClock, sandbox: StravaSandbox
) -> None:
    rejected = access.token()
    sandbox.world.oauth.kill_access_tokens()
    token = access.token(rejected=rejected)
    assert token != rejected
    assert another(clock).token(rejected=rejected) == token
    assert sandbox.log.count("/oauth/token") == 1


def test_a_wrong_or_missing_key_is_an_error_and_loses_nothing(
    access: StravaAccess, clock: SettableClock, environment: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    before = rows(connection)
    token = access.token()
    environment.setenv("TOKEN_ENCRYPTION_KEY", new_key())
    with pytest.raises(WrongEncryptionKey):
        another(clock).token()
    environment.delenv("TOKEN_ENCRYPTION_KEY")
    file = load_settings().token_key_file
    hidden = file.rename(file.with_suffix(".hidden"))
    with pytest.raises(EncryptionKeyMissing):
        another(clock).token()
    assert not file.exists()
    hidden.rename(file)
    assert rows(connection) == before
    assert another(clock).token() == token


def test_a_newer_client_secret_in_the_settings_is_used_and_a_missing_one_is_not_needed(
    access: StravaAccess, clock: SettableClock, environment: pytest.MonkeyPatch
) -> None:
    clock.advance(ALMOST_OVER)
    environment.setenv("STRAVA_CLIENT_SECRET", "mistyped")
    with pytest.raises(ClientRefused):
        another(clock).token()
    environment.delenv("STRAVA_CLIENT_SECRET")
    another(clock).token()


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
    told = [repr((access, access.token(), load_settings(), stored(connection))), str(rows(connection))]
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
