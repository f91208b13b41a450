"""A living access token for Strava: the stored one, or a refreshed one that is committed before its use."""

from collections.abc import Callable
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
from fitness_pipeline.providers.strava.oauth import PROVIDER, is_fresh, refresh_tokens
from fitness_pipeline.providers.strava.token_replies import CONNECT
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.strava_client import client_for, credentials_of
from fitness_pipeline.token_keys import TokenKeys

# With less than this left, an access token is refreshed.
MARGIN_SECONDS = 300
# Whoever stores the first credentials has no row to lock yet.
FIRST_CREDENTIALS = "strava credentials"


def utc_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class StravaAccess:
    """Hands out access tokens, to any number of threads.

    Args:
        settings: the application, the keys of the stored tokens, and a refresh token to begin with.
        clock: tells what has expired.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._keys = TokenKeys.of(settings)
        self._clock = clock
        self._known: Credentials | None = None

    def token(self, *, rejected: SecretStr | None = None) -> SecretStr:
        """Return an access token with some minutes left; ask for it anew before each request.

        However many threads and processes want one, a single one of them refreshes; the others wait for it
        and take what it stored.

        Args:
            rejected: a token that Strava answered with 401 although it should live. It is refreshed unless
                somebody did that already. If the same one comes back, Strava holds it for good, and the 401
                is about something else, such as a scope.

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
        stored = lock_credentials(connection, PROVIDER, self._keys.cipher)
        if stored is None:
            take_turn(connection, FIRST_CREDENTIALS)
            stored = lock_credentials(connection, PROVIDER, self._keys.cipher)
        if obstacle := find_obstacle(self._settings, conn=connection):
            return obstacle
        if stored is not None and self._is_usable(stored, rejected):
            return stored
        refresh_token = stored.refresh_token if stored is not None else self._settings.strava_refresh_token
        if refresh_token is None:
            return _not_connected()
        return self._refresh(connection, stored, refresh_token)

    def _refresh(
        self, connection: AnyConnection, stored: Credentials | None, refresh_token: SecretStr
    ) -> Credentials | ProviderError:
        """Refresh and store.

        Between Strava's answer and the commit lies one write. Who dies there, or never gets the answer,
        loses the new refresh token. If Strava had still returned the old access token (more than an hour
        left), nothing was rotated and the next attempt works. Otherwise the old refresh token is dead, the
        next attempt finds out, and a person must connect again: there is no way to ask Strava once more.
        So all that can fail is tried before the request: the database answers, the row is locked, the key
        is read. The server does not end the transaction because Strava is slow, and the commit waits for
        the disk, even where the server is set up otherwise.
        """
        client = client_for(self._settings, stored)
        cipher = self._keys.cipher() if stored is not None else self._keys.cipher_for_storing()
        connection.execute("set local idle_in_transaction_session_timeout = 0")
        connection.execute("set local synchronous_commit = on")
        try:
            tokens = refresh_tokens(client, refresh_token)
        except NeedsReauthorization as error:
            dead = error if stored is not None else _refused_first_token()
            record_needs_reauthorization(PROVIDER, str(dead), conn=connection)
            return dead
        fresh = credentials_of(client, tokens)
        store_credentials(connection, PROVIDER, fresh, lambda: cipher)
        if stored is None:
            record_connected(PROVIDER, scopes=None, athlete_id=tokens.athlete_id, conn=connection)
        return fresh


def find_obstacle(settings: Settings, *, conn: AnyConnection | None = None) -> ProviderError | None:
    """Return why Strava cannot be asked until a person acts, or None; asks nobody but the database.

    Args:
        settings: whether there is a refresh token to begin with.
        conn: the caller's connection, to take part in its transaction.
    """
    known = find_connection(PROVIDER, conn=conn)
    if known is not None and known.is_stored:
        reason = known.needs_reauthorization_reason
        return NeedsReauthorization(reason) if reason is not None else None
    if settings.strava_refresh_token is None:
        return _not_connected()
    return None


def _not_connected() -> NotConnected:
    return NotConnected("Strava is not connected. Run `fitness-pipeline auth strava`.")


def _refused_first_token() -> NeedsReauthorization:
    # Not kept from trying again: the next value of the variable may be a good one.
    return NeedsReauthorization(
        f"Strava does not accept the refresh token in STRAVA_REFRESH_TOKEN. Set one that works. {CONNECT}"
    )
