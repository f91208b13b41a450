"""Makes a connection of your consent at Google: tokens for the code, stored with what was granted."""

from datetime import datetime

from fitness_pipeline.db.oauth_credentials import store_credentials
from fitness_pipeline.db.provider_connections import record_connected
from fitness_pipeline.providers.google_calendar.consent import Consent
from fitness_pipeline.providers.google_calendar.oauth import PROVIDER, GoogleClient, exchange_code
from fitness_pipeline.providers.google_calendar.token_replies import Grant
from fitness_pipeline.steps.oauth_clients import credentials_of
from fitness_pipeline.steps.provider_access import storing_granted
from fitness_pipeline.token_keys import TokenKeys


def connect_google(client: GoogleClient, consent: Consent, keys: TokenKeys, *, now: datetime) -> Grant:
    """Exchange the code and store what comes; the account may be another one than before.

    Args:
        client: the application.
        consent: what you granted.
        keys: what the tokens are encrypted under.
        now: the time.

    Returns:
        What was granted, and until when.

    Raises:
        AuthorizationRefused: the code does not work, or not enough was granted; what was stored stays.
        ClientRefused, ProviderUnavailable, UnexpectedReply: there are no tokens.
    """
    grant = exchange_code(client, consent, now=now)
    with storing_granted(PROVIDER) as connection:
        store_credentials(connection, PROVIDER, credentials_of(client, grant.tokens), keys.cipher_for_storing)
        record_connected(PROVIDER, scopes=grant.scopes, athlete_id=None, conn=connection)
    return grant
