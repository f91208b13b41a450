"""The table `oauth_credentials`: what each provider granted, encrypted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import dict_row, scalar_row, tuple_row
from pydantic import SecretStr

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.token_cipher import TokenCipher


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a provider granted to an application.

    Attributes:
        client_id: the application that the tokens belong to.
        refresh_token: the only one that works.
        expires_at: when the access token ends; None where nobody told.
    """

    client_id: str
    client_secret: SecretStr
    access_token: SecretStr
    refresh_token: SecretStr
    expires_at: datetime | None


def lock_credentials(
    connection: AnyConnection, provider: str, cipher: Callable[[], TokenCipher]
) -> Credentials | None:
    """Return a provider's credentials, and keep everybody else waiting to the end of the transaction.

    Args:
        connection: in a transaction.
        provider: such as `strava`.
        cipher: reads the key; called only if there is something to decrypt, and once the lock is held,
            which keeps out whoever changes keys.

    Returns:
        The credentials; None, and no lock, if there are none.

    Raises:
        EncryptionKeyMissing, InvalidEncryptionKey, WrongEncryptionKey: they cannot be read; they stay.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            select client_id, client_secret, access_token, refresh_token, expires_at
            from oauth_credentials where provider = %s for update
            """,
            [provider],
        ).fetchone()
    if row is None:
        return None
    decrypt = cipher().decrypt
    return Credentials(
        client_id=row["client_id"],
        client_secret=SecretStr(decrypt(row["client_secret"])),
        access_token=SecretStr(decrypt(row["access_token"])),
        refresh_token=SecretStr(decrypt(row["refresh_token"])),
        expires_at=row["expires_at"],
    )


def store_credentials(
    connection: AnyConnection, provider: str, credentials: Credentials, cipher: Callable[[], TokenCipher]
) -> None:
    """Store a provider's credentials in place of those that were there.

    Args:
        connection: in a transaction.
        provider: such as `strava`.
        credentials: what to store.
        cipher: reads the key, or makes one; called while `keep_everybody_out` is kept out.

    Raises:
        EncryptionKeyMissing, InvalidEncryptionKey: nothing can be encrypted.
    """
    connection.execute("lock table oauth_credentials in row exclusive mode")
    encrypt = cipher().encrypt
    connection.execute(
        """
        insert into oauth_credentials
               (provider, client_id, client_secret, access_token, refresh_token, expires_at)
        values (%s, %s, %s, %s, %s, %s)
        on conflict (provider) do update
           set (client_id, client_secret, access_token, refresh_token, expires_at)
             = (excluded.client_id, excluded.client_secret, excluded.access_token, excluded.refresh_token,
                excluded.expires_at)
        """,
        [
            provider,
            credentials.client_id,
            encrypt(credentials.client_secret.get_secret_value()),
            encrypt(credentials.access_token.get_secret_value()),
            encrypt(credentials.refresh_token.get_secret_value()),
            credentials.expires_at,
        ],
    )


def find_expiry(provider: str, *, conn: AnyConnection | None = None) -> datetime | None:
    """Return when a provider's access token ends; None if nobody told, or there is none.

    Args:
        provider: such as `strava`.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "select expires_at from oauth_credentials where provider = %s", [provider]
        ).fetchone()


def keep_everybody_out(connection: AnyConnection) -> None:
    """Keep everybody else from reading or writing credentials, to the end of the transaction.

    Args:
        connection: in a transaction, which now waits for those that are at it.
    """
    # Against the row locks of `lock_credentials`, too: "for update" takes a lock on the table besides.
    connection.execute("lock table oauth_credentials in exclusive mode")


def stored_providers(connection: AnyConnection) -> list[str]:
    """Return the providers whose credentials there are.

    Args:
        connection: what to ask.
    """
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute("select provider from oauth_credentials order by provider").fetchall()


def encrypt_anew(connection: AnyConnection, cipher: TokenCipher) -> None:
    """Encrypt all credentials anew.

    Args:
        connection: in a transaction that keeps everybody out.
        cipher: decrypts under the old key, and encrypts under the new one.

    Raises:
        WrongEncryptionKey: some cannot be read; nothing changes.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "select provider, client_secret, access_token, refresh_token from oauth_credentials order by id"
        ).fetchall()
        for provider, *encrypted in rows:
            anew = [cipher.encrypt(cipher.decrypt(text)) for text in encrypted]
            cursor.execute(
                """
                update oauth_credentials set (client_secret, access_token, refresh_token) = (%s, %s, %s)
                where provider = %s
                """,
                [*anew, provider],
            )
