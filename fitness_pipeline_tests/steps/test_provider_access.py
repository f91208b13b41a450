"""Access tokens of any provider: one refresh, committed before its use, and an honest word when it fails."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import (
    ClientRefused,
    EncryptionKeyMissing,
    FitnessPipelineError,
    NeedsReauthorization,
    WrongEncryptionKey,
)
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Reset
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.provider_access import ProviderAccess
from fitness_pipeline.token_cipher import new_key
from fitness_pipeline_tests.builders import while_blocked
from fitness_pipeline_tests.steps.accounts import (
    TICK,
    Account,
    connection,
    database_url,
    google_account,
    rows,
    stored,
    strava_account,
)

__all__ = ["connection", "database_url"]

Opens = Callable[[SettableClock, pytest.MonkeyPatch], AbstractContextManager[Account]]


@pytest.fixture(params=[strava_account, google_account], ids=["strava", "google"])
def account(
    request: pytest.FixtureRequest, clock: SettableClock, environment: pytest.MonkeyPatch, database_url: str
) -> Iterator[Account]:
    """An account at each of the providers."""
    opens: Opens = request.param
    with opens(clock, environment) as opened:
        yield opened


@pytest.fixture
def access(account: Account) -> ProviderAccess:
    """Access that was used once, so that there are stored credentials."""
    used = account.access()
    used.token()
    account.sandbox.log.clear()
    return used


def test_a_token_with_minutes_left_is_used_without_asking(access: ProviderAccess, account: Account) -> None:
    token = access.token()
    account.clock.advance(account.almost_over - 2 * TICK)
    assert access.token() == account.access().token() == token
    assert account.sandbox.log.count() == 0


def test_a_token_that_is_almost_over_is_refreshed_and_what_comes_is_stored(
    access: ProviderAccess, account: Account, connection: AnyConnection
) -> None:
    before = stored(connection, account.name)
    account.clock.advance(account.almost_over)
    token = access.token()
    after = stored(connection, account.name)
    assert token == after.access_token != before.access_token
    assert (after.refresh_token != before.refresh_token) == account.rotates
    assert after.refresh_token.get_secret_value() == account.sandbox.world.oauth.refresh_token
    assert after.expires_at == account.clock() + account.lifetime
    assert account.count_refreshes() == 1


def test_however_many_threads_want_a_token_there_is_one_refresh(
    access: ProviderAccess, account: Account, connection: AnyConnection, database_url: str
) -> None:
    account.clock.advance(account.almost_over)
    with psycopg.connect(database_url) as holder:
        holder.execute("select from oauth_credentials for update")
        wanting = [access.token, access.token, *(account.access().token for _ in range(6))]
        found = while_blocked(holder, *wanting, then=holder.commit)
    token = stored(connection, account.name).access_token.get_secret_value()
    assert {future.result().get_secret_value() for future in found} == {token}
    assert account.count_refreshes() == 1


def test_a_token_that_could_not_be_committed_is_never_used(
    access: ProviderAccess, account: Account, connection: AnyConnection
) -> None:
    before = rows(connection)

    def end_all_others(_: object) -> None:
        connection.execute(
            """
            select pg_terminate_backend(pid, 10000) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
            """
        )

    account.clock.advance(account.almost_over)
    account.sandbox.faults.order(Change(end_all_others, moment="after"))
    with pytest.raises(psycopg.OperationalError):
        access.token()
    assert rows(connection) == before
    if account.rotates:
        # What the provider said is lost: now a person has to act, and is told so.
        with pytest.raises(NeedsReauthorization):
            access.token()
    else:
        access.token()


def test_a_dead_refresh_token_is_recorded_and_asked_about_once(
    access: ProviderAccess, account: Account, connection: AnyConnection
) -> None:
    account.sandbox.world.oauth.kill_refresh_token()
    account.clock.advance(account.almost_over)
    for attempt in (access, access, account.access()):
        with pytest.raises(NeedsReauthorization, match=f"fitness-pipeline auth {account.name}"):
            attempt.token()
    assert account.count_refreshes() == 1
    assert isinstance(account.find_obstacle(connection), NeedsReauthorization)


@pytest.mark.parametrize("trouble", ["an outage", "too many requests", "a wrong address", "a reset"])
def test_a_failure_of_the_provider_changes_nothing_and_the_next_attempt_works(
    access: ProviderAccess, account: Account, connection: AnyConnection, trouble: str
) -> None:
    before = rows(connection)
    account.clock.advance(account.almost_over)
    fault = Reset() if trouble == "a reset" else Answer(account.refusals[trouble])
    account.sandbox.faults.order(fault)
    with pytest.raises(FitnessPipelineError):
        access.token()
    assert rows(connection) == before
    access.token()


def test_a_token_that_the_provider_rejects_is_refreshed_by_whoever_says_so_first(
    access: ProviderAccess, account: Account
) -> None:
    rejected = access.token()
    account.sandbox.world.oauth.kill_access_tokens()
    token = access.token(rejected=rejected)
    assert token != rejected
    assert account.access().token(rejected=rejected) == token
    assert account.count_refreshes() == 1


def test_a_wrong_or_missing_key_is_an_error_and_loses_nothing(
    access: ProviderAccess, account: Account, environment: pytest.MonkeyPatch, connection: AnyConnection
) -> None:
    before = rows(connection)
    environment.setenv("TOKEN_ENCRYPTION_KEY", new_key())
    with pytest.raises(WrongEncryptionKey, match=f"fitness-pipeline auth {account.name}"):
        account.access().token()
    environment.delenv("TOKEN_ENCRYPTION_KEY")
    file = load_settings().token_key_file
    hidden = file.rename(file.with_suffix(".hidden"))
    with pytest.raises(EncryptionKeyMissing, match=f"fitness-pipeline auth {account.name}"):
        account.access().token()
    assert not file.exists()
    hidden.rename(file)
    assert rows(connection) == before
    assert account.access().token() == access.token()


def test_a_newer_client_secret_in_the_settings_is_used_and_a_missing_one_is_not_needed(
    access: ProviderAccess, account: Account, environment: pytest.MonkeyPatch
) -> None:
    account.clock.advance(account.almost_over)
    environment.setenv(account.secret_variable, "mistyped")
    with pytest.raises(ClientRefused):
        account.access().token()
    environment.delenv(account.secret_variable)
    account.access().token()
