"""Access tokens for Google, and credentials for Google's own client that are made of them."""

from collections.abc import Callable
from datetime import datetime

from google.oauth2.credentials import Credentials as GoogleCredentials

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.oauth_credentials import Credentials
from fitness_pipeline.errors import ProviderError
from fitness_pipeline.providers.google_calendar.oauth import PROVIDER, refresh_tokens
from fitness_pipeline.providers.google_calendar.stored_credentials import StoredCredentials
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.google_client import client_for
from fitness_pipeline.steps.oauth_clients import credentials_of
from fitness_pipeline.steps.provider_access import ProviderAccess, Refresh, TokenProvider, utc_now
from fitness_pipeline.token_keys import TokenKeys

__all__ = ["PROVIDER", "GoogleAccess", "find_obstacle"]


class GoogleAccess(ProviderAccess):
    """Hands out access tokens, to any number of threads.

    Args:
        settings: the application, and the keys of the stored tokens.
        clock: tells what has expired.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(_provider(settings, clock), TokenKeys.of(settings), clock=clock)

    def credentials(self) -> GoogleCredentials:
        """Return credentials for an `AuthorizedHttp`, which belongs to one thread, and so do they.

        They ask `token` for every request, and after a 401; so a request may raise what `token` raises.
        """
        return StoredCredentials(self.token)


def find_obstacle(settings: Settings, *, conn: AnyConnection | None = None) -> ProviderError | None:
    """Return why Google cannot be asked until a person acts, or None; asks nobody but the database.

    Args:
        settings: whether there is an application to connect with.
        conn: the caller's connection, to take part in its transaction.
    """
    return _provider(settings, utc_now).find_obstacle(conn=conn)


def _provider(settings: Settings, clock: Callable[[], datetime]) -> TokenProvider:
    def prepare_refresh(stored: Credentials | None) -> Refresh:
        client = client_for(settings, stored)
        return lambda refresh_token: credentials_of(
            client, refresh_tokens(client, refresh_token, now=clock())
        )

    has_client = settings.google_client_id is not None and settings.google_client_secret is not None
    first = "Run" if has_client else "Make an application as docs/google-calendar.md says, then run"
    return TokenProvider(
        name=PROVIDER,
        not_connected=f"Google Calendar is not connected. {first} `fitness-pipeline auth google`.",
        prepare_refresh=prepare_refresh,
    )
