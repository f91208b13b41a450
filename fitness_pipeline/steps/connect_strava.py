"""Makes a connection of the athlete's consent: tokens for the code, stored with what was granted."""

from collections.abc import Sequence

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.oauth_credentials import store_credentials
from fitness_pipeline.db.progress import newest_raw_change
from fitness_pipeline.db.provider_connections import ProviderConnection, find_connection, record_connected
from fitness_pipeline.db.rate_limits import forget_rate_limits
from fitness_pipeline.db.strava_activities import find_stored_athlete
from fitness_pipeline.db.sync_metadata import forget_last_sync_time
from fitness_pipeline.errors import AuthorizationRefused
from fitness_pipeline.providers.strava.consent import READ_ALL_ACTIVITIES, Consent
from fitness_pipeline.providers.strava.oauth import PROVIDER, StravaClient, exchange_code
from fitness_pipeline.providers.strava.scopes import visible_scope
from fitness_pipeline.steps.oauth_clients import credentials_of
from fitness_pipeline.steps.provider_access import storing_granted
from fitness_pipeline.token_keys import TokenKeys


def connect_strava(client: StravaClient, consent: Consent, keys: TokenKeys) -> None:
    """Exchange the code and store what comes.

    Args:
        client: the application.
        consent: what the athlete granted.
        keys: what the tokens are encrypted under.

    Raises:
        AuthorizationRefused: the code does not work, or it is another athlete's than before.
        ClientRefused, ProviderUnavailable, UnexpectedReply: there are no tokens.
    """
    tokens = exchange_code(client, consent.code)
    with storing_granted(PROVIDER) as connection:
        known = find_connection(PROVIDER, conn=connection)
        before = _athlete_of_the_runs(connection, known)
        if before not in (None, tokens.athlete_id) and tokens.athlete_id is not None:
            raise AuthorizationRefused(
                f"That is the account of athlete {tokens.athlete_id}, but the runs here are those of athlete "
                f"{before}. Sign in to Strava as that one and run `fitness-pipeline auth strava` again, or "
                "keep another database for the other (`--env NAME`)."
            )
        store_credentials(connection, PROVIDER, credentials_of(client, tokens), keys.cipher_for_storing)
        if known is not None and _sees_more(consent.scopes, known.scopes):
            # What could not be seen may be old: the next sync reads everything.
            forget_last_sync_time(PROVIDER, conn=connection)
        record_connected(PROVIDER, scopes=consent.scopes, athlete_id=tokens.athlete_id, conn=connection)
        # They are those of an application, which may be another one now.
        forget_rate_limits(PROVIDER, conn=connection)


def _athlete_of_the_runs(connection: AnyConnection, known: ProviderConnection | None) -> int | None:
    """Return whose activities are stored; while there are none, any athlete may come."""
    stored = find_stored_athlete(connection)
    if stored is not None or known is None:
        return stored
    return known.athlete_id if newest_raw_change(PROVIDER, conn=connection) else None


def _sees_more(now: Sequence[str], before: Sequence[str] | None) -> bool:
    return visible_scope(now) == READ_ALL_ACTIVITIES and visible_scope(before) != READ_ALL_ACTIVITIES
