"""The table `normalized.oauth_states`: consents that were asked for and are not answered yet."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection, transaction

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthState:
    """What was kept with a state.

    Attributes:
        verifier: encrypted; None for a provider that asks for none.
    """

    verifier: str | None


def keep_state(
    state: str, provider: str, *, verifier: str | None = None, conn: AnyConnection | None = None
) -> None:
    """Keep the hash of a state for ten minutes, and forget those that are older.

    Args:
        state: what goes to the provider and is to come back, random.
        provider: who is asked, such as `strava`.
        verifier: what is to be shown when the code is exchanged, encrypted.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute("delete from normalized.oauth_states where expires_at <= now()")
        connection.execute(
            """
            insert into normalized.oauth_states (sha256, provider, verifier, expires_at)
            values (%s, %s, %s, now() + %s)
            """,
            [_digest(state), provider, verifier, LIFETIME],
        )


def take_state(state: str, provider: str, *, conn: AnyConnection | None = None) -> OAuthState | None:
    """Take a state that came back, so that it never works again, whatever becomes of this one.

    Args:
        state: what came.
        provider: from where.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What was kept with it; None if it is not ours, has ended, or was meant for another provider.
    """
    with transaction(conn) as connection, connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            delete from normalized.oauth_states where sha256 = %s
            returning verifier, provider = %s and expires_at > now() as is_good
            """,
            [_digest(state), provider],
        ).fetchone()
    return OAuthState(verifier=row["verifier"]) if row is not None and row["is_good"] else None


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()
