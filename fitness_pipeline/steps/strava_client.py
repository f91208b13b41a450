"""Which application Strava is asked as: that of the settings, or the one that the stored tokens belong to."""

from fitness_pipeline.db.oauth_credentials import Credentials
from fitness_pipeline.errors import ClientMissing
from fitness_pipeline.providers.strava.oauth import StravaClient
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.oauth_clients import newest_secret


def configured_client(settings: Settings) -> StravaClient:
    """Return the application that the settings name.

    Args:
        settings: its id, its secret, and where tokens are asked for.

    Raises:
        ClientMissing: they name none.
    """
    if settings.strava_client_id is None or settings.strava_client_secret is None:
        raise ClientMissing(
            "Strava is asked as an application of your own. Make one at https://www.strava.com/settings/api "
            "(callback domain: localhost), and set STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET to its Client "
            f"ID and Client Secret in .env.{settings.env} or in the environment."
        )
    return StravaClient(
        id=settings.strava_client_id,
        secret=settings.strava_client_secret,
        token_url=settings.strava_token_url,
    )


def client_for(settings: Settings, stored: Credentials | None) -> StravaClient:
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
        stored, given_id=settings.strava_client_id, given_secret=settings.strava_client_secret
    )
    return StravaClient(id=stored.client_id, secret=secret, token_url=settings.strava_token_url)
