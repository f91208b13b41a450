"""Access tokens for Strava: the stored one, or one to begin with from the settings."""

from collections.abc import Callable
from datetime import datetime

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.oauth_credentials import Credentials
from fitness_pipeline.errors import ProviderError
from fitness_pipeline.providers.strava.oauth import PROVIDER, refresh_tokens
from fitness_pipeline.providers.strava.token_replies import CONNECT
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.oauth_clients import credentials_of
from fitness_pipeline.steps.provider_access import ProviderAccess, Refresh, TokenProvider, utc_now
from fitness_pipeline.steps.strava_client import client_for
from fitness_pipeline.token_keys import TokenKeys

__all__ = ["StravaAccess", "find_obstacle", "utc_now"]


class StravaAccess(ProviderAccess):
    """Hands out access tokens, to any number of threads.

    Args:
        settings: the application, the keys of the stored tokens, and a refresh token to begin with.
        clock: tells what has expired.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(_provider(settings), TokenKeys.of(settings), clock=clock)


def find_obstacle(settings: Settings, *, conn: AnyConnection | None = None) -> ProviderError | None:
    """Return why Strava cannot be asked until a person acts, or None; asks nobody but the database.

    Args:
        settings: whether there is a refresh token to begin with.
        conn: the caller's connection, to take part in its transaction.
    """
    return _provider(settings).find_obstacle(conn=conn)


def _provider(settings: Settings) -> TokenProvider:
    def prepare_refresh(stored: Credentials | None) -> Refresh:
        client = client_for(settings, stored)
        return lambda refresh_token: credentials_of(client, refresh_tokens(client, refresh_token))

    return TokenProvider(
        name=PROVIDER,
        not_connected="Strava is not connected. Run `fitness-pipeline auth strava`.",
        prepare_refresh=prepare_refresh,
        first_refresh_token=settings.strava_refresh_token,
        # Not kept from trying again: the next value of the variable may be a good one.
        first_refused=(
            f"Strava does not accept the refresh token in STRAVA_REFRESH_TOKEN. Set one that works. {CONNECT}"
        ),
    )
