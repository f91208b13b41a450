"""A new key for the stored tokens: whatever happens on the way, they stay readable."""

from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.oauth_credentials import Credentials, lock_credentials, store_credentials
from fitness_pipeline.errors import ConfigurationError, EncryptionKeyMissing, WrongEncryptionKey
from fitness_pipeline.steps.rotate_key import forget_old_keys, rotate_key
from fitness_pipeline.token_cipher import new_key
from fitness_pipeline.token_keys import TokenKeys
from fitness_pipeline_tests.builders import while_blocked

CREDENTIALS = Credentials(
    client_id="17",
    client_secret=SecretStr("a"),
    access_token=SecretStr("b"),
    refresh_token=SecretStr("c"),
    expires_at=None,
)


@pytest.fixture
def keys(tmp_path: Path, connection: AnyConnection) -> TokenKeys:
    """A key file, with credentials stored under its key for two providers."""
    made = TokenKeys(None, tmp_path / "token.key")
    for provider in ("strava", "google"):
        store(connection, made, provider)
    return made


def store(connection: AnyConnection, keys: TokenKeys, provider: str = "strava") -> None:
    with connection.transaction():
        store_credentials(connection, provider, CREDENTIALS, keys.cipher_for_storing)


def load(connection: AnyConnection, keys: TokenKeys) -> list[Credentials | None]:
    with connection.transaction():
        return [lock_credentials(connection, provider, keys.cipher) for provider in ("strava", "google")]


def given(*keys: str) -> TokenKeys:
    return TokenKeys(SecretStr(",".join(keys)), Path("/nowhere"))


def test_the_old_key_opens_nothing_any_more_and_the_file_holds_one_key(
    keys: TokenKeys, connection: AnyConnection
) -> None:
    (old,) = keys.read()
    assert rotate_key(keys) == ["google", "strava"]
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]
    assert len(keys.read()) == 1
    assert keys.file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(WrongEncryptionKey):
        load(connection, given(old))


def test_who_dies_before_the_commit_leaves_everything_readable(
    keys: TokenKeys, connection: AnyConnection
) -> None:
    keys.add_to_file(new_key())  # the only thing that happens before it
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]
    store(connection, keys)  # under the new key, while google's are under the old one
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]
    rotate_key(keys)
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]
    assert len(keys.read()) == 1


def test_who_dies_after_the_commit_leaves_everything_readable(
    keys: TokenKeys, connection: AnyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: TokenKeys) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(TokenKeys, "keep_newest_in_file", killed)
        with pytest.raises(KeyboardInterrupt):
            rotate_key(keys)
    assert len(keys.read()) == 2
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]
    assert load(connection, keys.newest()) == [CREDENTIALS, CREDENTIALS]


def test_a_key_that_is_still_needed_is_not_taken_away_for_one_that_nobody_used_yet(
    keys: TokenKeys, connection: AnyConnection
) -> None:
    keys.add_to_file(new_key())
    with connection.transaction():
        forget_old_keys(connection, keys)
    assert len(keys.read()) == 2
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]


def test_of_two_at_once_each_takes_its_turn(
    keys: TokenKeys, connection: AnyConnection, database_url: str
) -> None:
    with psycopg.connect(database_url) as holder:
        holder.execute("lock table oauth_credentials in row share mode")
        done = while_blocked(holder, *[lambda: rotate_key(keys)] * 4, then=holder.commit)
    assert [future.result() for future in done] == [["google", "strava"]] * 4
    assert len(keys.read()) == 1
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]


def test_a_key_of_ones_own_is_replaced_by_the_one_in_front_of_it(connection: AnyConnection) -> None:
    old, new = new_key(), new_key()
    for provider in ("strava", "google"):
        store(connection, given(old), provider)
    assert rotate_key(given(new, old)) == ["google", "strava"]
    assert load(connection, given(new)) == [CREDENTIALS, CREDENTIALS]


def test_with_one_key_of_ones_own_it_says_how_to_go_on(connection: AnyConnection) -> None:
    key = new_key()
    store(connection, given(key))
    with pytest.raises(ConfigurationError, match=r"Put a new one in front of it.*\(new,old\)") as raised:
        rotate_key(given(key))
    assert key not in str(raised.value)


def test_with_a_wrong_or_missing_key_nothing_changes(keys: TokenKeys, connection: AnyConnection) -> None:
    with pytest.raises(WrongEncryptionKey):
        rotate_key(given(new_key(), new_key()))
    with pytest.raises(EncryptionKeyMissing):
        rotate_key(TokenKeys(None, keys.file.with_name("other.key")))
    assert load(connection, keys) == [CREDENTIALS, CREDENTIALS]
