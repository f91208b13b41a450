"""The table `normalized.connections`: what each provider was granted, and whether it still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderConnection:
    """How a provider is connected.

    Attributes:
        scopes: what was granted; None where nobody told.
        athlete_id: whose account, as the provider numbers it; None where nobody told.
        connected_at: None when it never worked.
        needs_reauthorization_reason: why only a person can go on, by connecting again.
        is_stored: whether there are credentials.
    """

    provider: str
    scopes: list[str] | None
    athlete_id: int | None
    connected_at: datetime | None
    needs_reauthorization_reason: str | None
    is_stored: bool


def get_connections(*, conn: AnyConnection | None = None) -> list[ProviderConnection]:
    """Return how each provider is connected that ever was, or was tried.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ProviderConnection)) as cursor:
        return cursor.execute(
            """
            select provider, scopes, athlete_id, coalesce(connected_at, stored.created_at) as connected_at,
                   needs_reauthorization_reason, stored.provider is not null as is_stored
            from normalized.connections
            full join oauth_credentials stored using (provider)
            order by provider
            """
        ).fetchall()


def find_connection(provider: str, *, conn: AnyConnection | None = None) -> ProviderConnection | None:
    """Return how a provider is connected, or None if it never was.

    Args:
        provider: such as `strava`.
        conn: the caller's connection, to take part in its transaction.
    """
    return next((found for found in get_connections(conn=conn) if found.provider == provider), None)


def record_connected(
    provider: str,
    *,
    scopes: Sequence[str] | None,
    athlete_id: int | None,
    conn: AnyConnection | None = None,
) -> None:
    """Record that a provider is connected from now on.

    Args:
        provider: such as `strava`.
        scopes: what was granted; None where nobody told.
        athlete_id: whose account; None leaves what was told before.
        conn: the caller's connection, to be committed with the credentials.
    """
    with transaction(conn) as connection:
        connection.execute(
            """
            insert into normalized.connections as known (provider, scopes, athlete_id, connected_at)
            values (%s, %s, %s, now())
            on conflict (provider) do update
               set (scopes, athlete_id, connected_at, needs_reauthorization_reason)
                 = (excluded.scopes, coalesce(excluded.athlete_id, known.athlete_id), excluded.connected_at,
                    null)
            """,
            [provider, None if scopes is None else list(scopes), athlete_id],
        )


def record_needs_reauthorization(provider: str, reason: str, *, conn: AnyConnection | None = None) -> None:
    """Record that a provider must be connected again.

    Args:
        provider: such as `strava`.
        reason: a sentence for a person.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            """
            insert into normalized.connections (provider, needs_reauthorization_reason) values (%s, %s)
            on conflict (provider) do update
               set needs_reauthorization_reason = excluded.needs_reauthorization_reason
            """,
            [provider, reason],
        )


def remove_connection(provider: str, *, conn: AnyConnection | None = None) -> None:
    """Forget how a provider is connected, its credentials included.

    Args:
        provider: such as `strava`.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute("delete from oauth_credentials where provider = %s", [provider])
        connection.execute("delete from normalized.connections where provider = %s", [provider])
