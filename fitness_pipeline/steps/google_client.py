"""Which application Google is asked as: that of the settings, or the one that the stored tokens belong to."""

from fitness_pipeline.db.oauth_credentials import Credentials
from fitness_pipeline.errors import ClientMissing
from fitness_pipeline.providers.google_calendar.oauth import GoogleClient
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.oauth_clients import newest_secret


def configured_client(settings: Settings) -> GoogleClient:
    """Return the application that the settings name.

    Args:
        settings: its id, its secret, and where tokens are asked for.

    Raises:
        ClientMissing: they name none.
    """
    if settings.google_client_id is None or settings.google_client_secret is None:
        raise ClientMissing(
            "Google is asked as an application of your own. Make one as docs/google-calendar.md says, and "
            "set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET to its Client ID and Client secret in "
            f".env.{settings.env} or in the environment."
        )
    return GoogleClient(
        id=settings.google_client_id,
        secret=settings.google_client_secret,
        token_url=settings.google_token_url,
    )


def client_for(settings: Settings, stored: Credentials | None) -> GoogleClient:
    """Return the application that stored tokens belong to; a newer secret of it comes from the settings.

    Args:
        settings: the application to begin with, and where tokens are asked for.
        stored: what is stored, if anything is.

    Raises:
        ClientMissing: nothing is stored, and the settings name no application.
    """
    if stored is None:
        return configured_client(settings)
    secret = newest_secret(
        stored, given_id=settings.google_client_id, given_secret=settings.google_client_secret
    )
    return GoogleClient(id=stored.client_id, secret=secret, token_url=settings.google_token_url)
