"""A living access token: the stored one, or a refreshed one that is committed before its use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.oauth_credentials import Credentials, lock_credentials, store_credentials
from fitness_pipeline.db.provider_connections import (
    find_connection,
    record_connected,
    record_needs_reauthorization,
)
from fitness_pipeline.errors import NeedsReauthorization, NotConnected, ProviderError
from fitness_pipeline.providers.oauth import is_fresh
from fitness_pipeline.token_keys import TokenKeys

# With less than this left, an access token is refreshed.
MARGIN_SECONDS = 300

Refresh = Callable[[SecretStr], Credentials]
"""Asks a provider for tokens with a refresh token."""


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenProvider:
    """In what the provider that is asked for tokens differs from others.

    Attributes:
        name: such as `strava`.
        not_connected: what to tell while there is nothing to begin with.
        prepare_refresh: takes what is stored, if anything is, and returns what asks for tokens. It raises
            ClientMissing where no application is known.
        first_refresh_token: what to begin with while nothing is stored; None if nobody set one.
        first_refused: what to tell when that one is refused; None for what the provider's refusal tells.
    """

    name: str
    not_connected: str
    prepare_refresh: Callable[[Credentials | None], Refresh]
    first_refresh_token: SecretStr | None = None
    first_refused: str | None = None

    def find_obstacle(self, *, conn: AnyConnection | None = None) -> ProviderError | None:
        """Return why the provider cannot be asked until a person acts, or None; asks only the database.

        Args:
            conn: the caller's connection, to take part in its transaction.
        """
        known = find_connection(self.name, conn=conn)
        if known is not None and known.is_stored:
            reason = known.needs_reauthorization_reason
            return NeedsReauthorization(reason) if reason is not None else None
        return NotConnected(self.not_connected) if self.first_refresh_token is None else None


class ProviderAccess:
    """Hands out a provider's access tokens, to any number of threads.

    Args:
        provider: who is asked.
        keys: what stored tokens are encrypted under.
        clock: tells what has expired.
    """

    def __init__(
        self, provider: TokenProvider, keys: TokenKeys, *, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._provider = provider
        self._keys = keys
        self._clock = clock
        self._known: Credentials | None = None

    def token(self, *, rejected: SecretStr | None = None) -> SecretStr:
        """Return an access token with some minutes left; ask for it anew before each request.

        However many threads and processes want one, a single one of them refreshes; the others wait for it
        and take what it stored.

        Args:
            rejected: a token that the provider answered with 401 although it should live. It is refreshed
                unless somebody did that already. If the same one comes back, the provider holds it for good,
                and the 401 is about something else, such as a scope.

        Raises:
            NotConnected: there is nothing to begin with.
            NeedsReauthorization: the refresh token is dead. This is recorded; until somebody connects
                again, later calls fail without a request.
            ClientMissing, ClientRefused: the application's id or secret is missing or wrong.
            ProviderUnavailable: it passes; nothing was changed.
            EncryptionKeyMissing, InvalidEncryptionKey, WrongEncryptionKey: what is stored cannot be read.
        """
        known = self._known
        if known is None or not self._is_usable(known, rejected):
            # The transaction ends, and with it what was found is committed, before anything is used.
            with connect() as connection, connection.transaction():
                found = self._find(connection, rejected)
            if isinstance(found, ProviderError):
                raise found
            self._known = known = found
        return known.access_token

    def _is_usable(self, credentials: Credentials, rejected: SecretStr | None) -> bool:
        return credentials.access_token != rejected and is_fresh(
            credentials.expires_at, self._clock(), margin_seconds=MARGIN_SECONDS
        )

    def _find(self, connection: AnyConnection, rejected: SecretStr | None) -> Credentials | ProviderError:
        """Return usable credentials, or the error that is to be raised once its record is committed."""
        name = self._provider.name
        stored = lock_credentials(connection, name, self._keys.cipher)
        if stored is None:
            take_turn(connection, _first_credentials(name))
            stored = lock_credentials(connection, name, self._keys.cipher)
        if obstacle := self._provider.find_obstacle(conn=connection):
            return obstacle
        if stored is not None and self._is_usable(stored, rejected):
            return stored
        first = self._provider.first_refresh_token
        refresh_token = stored.refresh_token if stored is not None else first
        if refresh_token is None:
            return NotConnected(self._provider.not_connected)
        return self._refresh(connection, stored, refresh_token)

    def _refresh(
        self, connection: AnyConnection, stored: Credentials | None, refresh_token: SecretStr
    ) -> Credentials | ProviderError:
        """Refresh and store.

        Between the provider's answer and the commit lies one write. Who dies there, or never gets the
        answer, loses a refresh token that was rotated. If the provider rotated nothing (Strava does not
        while the old access token has more than an hour left), the next attempt works. Otherwise the old
        refresh token is dead, the next attempt finds out, and a person must connect again: there is no way
        to ask once more. So all that can fail is tried before the request: the database answers, the row is
        locked, the key is read. The server does not end the transaction because the provider is slow, and
        the commit waits for the disk, even where the server is set up otherwise.
        """
        refresh = self._provider.prepare_refresh(stored)
        cipher = self._keys.cipher() if stored is not None else self._keys.cipher_for_storing()
        connection.execute("set local idle_in_transaction_session_timeout = 0")
        connection.execute("set local synchronous_commit = on")
        try:
            fresh = refresh(refresh_token)
        except NeedsReauthorization as error:
            told = self._provider.first_refused if stored is None else None
            dead = NeedsReauthorization(told or str(error))
            record_needs_reauthorization(self._provider.name, str(dead), conn=connection)
            return dead
        store_credentials(connection, self._provider.name, fresh, lambda: cipher)
        if stored is None:
            record_connected(self._provider.name, scopes=None, athlete_id=None, conn=connection)
        return fresh


@contextmanager
def storing_granted(provider: str) -> Iterator[AnyConnection]:
    """Open a transaction to store what a person has just granted.

    The provider is asked before, without any lock. Should somebody refresh the former credentials
    meanwhile, they hold the lock until theirs are stored, so that these, which are newer, come last and stay.

    Args:
        provider: such as `strava`.

    Yields:
        The connection; the commit waits for the disk, even where the server is set up otherwise.
    """
    with connect() as connection, connection.transaction():
        connection.execute("set local synchronous_commit = on")
        take_turn(connection, _first_credentials(provider))
        yield connection


def _first_credentials(provider: str) -> str:
    """Return the turn of whoever stores the first credentials, and has no row to lock yet."""
    return f"{provider} credentials"
