"""Stored credentials: encrypted, whole, and one holder at a time."""

from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.rows import tuple_row
from pydantic import SecretStr

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.oauth_credentials import (
    Credentials,
    encrypt_anew,
    keep_everybody_out,
    lock_credentials,
    store_credentials,
)
from fitness_pipeline.errors import WrongEncryptionKey
from fitness_pipeline.token_cipher import TokenCipher, new_key
from fitness_pipeline_tests.builders import while_blocked

KEY, OTHER_KEY = new_key(), new_key()
SECRETS = ("the-client-secret", "the-access-token", "the-refresh-token")
CREDENTIALS = Credentials(
    client_id="17",
    client_secret=SecretStr(SECRETS[0]),
    access_token=SecretStr(SECRETS[1]),
    refresh_token=SecretStr(SECRETS[2]),
    expires_at=datetime(2026, 3, 10, 20, tzinfo=UTC),
)


def cipher() -> TokenCipher:
    return TokenCipher([KEY], "the test")


def other_cipher() -> TokenCipher:
    return TokenCipher([OTHER_KEY], "the test")


def no_cipher() -> TokenCipher:
    raise AssertionError("nothing is to be decrypted")


def store(connection: AnyConnection, credentials: Credentials = CREDENTIALS) -> None:
    with connection.transaction():
        store_credentials(connection, "strava", credentials, cipher)


def load(connection: AnyConnection) -> Credentials | None:
    with connection.transaction():
        return lock_credentials(connection, "strava", cipher)


def stored_text(connection: AnyConnection) -> str:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return str(cursor.execute("select * from oauth_credentials order by id").fetchall())


def test_what_is_stored_comes_back_and_cannot_be_read_in_the_table(connection: AnyConnection) -> None:
    store(connection)
    assert load(connection) == CREDENTIALS
    table = stored_text(connection)
    assert "17" in table
    assert not [secret for secret in SECRETS if secret in table]


def test_credentials_that_are_printed_tell_no_secret() -> None:
    assert not [secret for secret in SECRETS if secret in f"{CREDENTIALS!r} {CREDENTIALS}"]


def test_newer_credentials_take_the_place_of_older_ones(connection: AnyConnection) -> None:
    store(connection)
    newer = Credentials(
        client_id="18",
        client_secret=SecretStr("a"),
        access_token=SecretStr("b"),
        refresh_token=SecretStr("c"),
        expires_at=None,
    )
    store(connection, newer)
    assert load(connection) == newer


def test_without_credentials_no_key_is_needed(connection: AnyConnection) -> None:
    with connection.transaction():
        assert lock_credentials(connection, "strava", no_cipher) is None


def test_under_a_wrong_key_they_stay_as_they_are(connection: AnyConnection) -> None:
    store(connection)
    before = stored_text(connection)
    with pytest.raises(WrongEncryptionKey), connection.transaction():
        lock_credentials(connection, "strava", other_cipher)
    with pytest.raises(WrongEncryptionKey), connection.transaction():
        encrypt_anew(connection, other_cipher())
    assert stored_text(connection) == before
    assert load(connection) == CREDENTIALS


def test_a_new_key_takes_over_from_the_old_one(connection: AnyConnection) -> None:
    store(connection)
    with connection.transaction():
        keep_everybody_out(connection)
        encrypt_anew(connection, TokenCipher([OTHER_KEY, KEY], "the test"))
    with connection.transaction():
        assert lock_credentials(connection, "strava", other_cipher) == CREDENTIALS
    with pytest.raises(WrongEncryptionKey):
        load(connection)


def test_who_comes_second_waits_and_sees_what_the_first_one_stored(
    connection: AnyConnection, database_url: str
) -> None:
    store(connection)
    newer = Credentials(
        client_id="17",
        client_secret=SecretStr("a"),
        access_token=SecretStr("b"),
        refresh_token=SecretStr("c"),
        expires_at=None,
    )

    def second() -> Credentials | None:
        with psycopg.connect(database_url) as rival:
            return load(rival)

    with psycopg.connect(database_url) as holder:
        lock_credentials(holder, "strava", cipher)
        store_credentials(holder, "strava", newer, cipher)
        (found,) = while_blocked(holder, second, then=holder.commit)
    assert found.result() == newer


def test_while_the_key_is_changed_nobody_reads_a_key_or_a_token(
    connection: AnyConnection, database_url: str
) -> None:
    store(connection)
    keys = [KEY]

    def current() -> TokenCipher:
        return TokenCipher(keys, "the test")

    def reader() -> Credentials | None:
        with psycopg.connect(database_url) as rival, rival.transaction():
            return lock_credentials(rival, "strava", current)

    def writer() -> None:
        with psycopg.connect(database_url) as rival, rival.transaction():
            store_credentials(rival, "strava", CREDENTIALS, current)

    with psycopg.connect(database_url) as holder:
        keep_everybody_out(holder)
        encrypt_anew(holder, TokenCipher([OTHER_KEY, KEY], "the test"))

        def finish() -> None:
            keys[:] = [OTHER_KEY]
            holder.commit()

        read, written = while_blocked(holder, reader, writer, then=finish)
    assert read.result() == CREDENTIALS
    assert written.exception() is None
    with connection.transaction():
        assert lock_credentials(connection, "strava", current) == CREDENTIALS
