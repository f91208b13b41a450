"""OAuth with Strava: the address of the consent page, and tokens for a code or a refresh token."""

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from fitness_pipeline.errors import ProviderUnavailable
from fitness_pipeline.providers.broken_connections import describe
from fitness_pipeline.providers.oauth import OAuthClient
from fitness_pipeline.providers.strava.token_replies import StravaTokens, read_token_reply

PROVIDER = "strava"
# All three, so that an athlete may keep private activities private and still connect.
REQUESTED_SCOPES = ("read", "activity:read", "activity:read_all")

# Strava is slow at times; nobody waits longer than this for a token.
_PATIENCE = httpx.Timeout(20, connect=10)


class StravaClient(OAuthClient):
    """The application that asks Strava, made at https://www.strava.com/settings/api."""

    __slots__ = ()


def consent_url(authorize_url: str, client_id: str, redirect_uri: str, state: str) -> str:
    """Return the address of the page that asks the athlete for consent.

    `approval_prompt=force` shows the page even to whoever consented before: otherwise an athlete who left
    out a scope could never add it (Strava's documentation of the authorize page).

    Args:
        authorize_url: where that page is.
        client_id: the application.
        redirect_uri: where the browser is sent afterwards; 127.0.0.1 is always allowed (same source).
        state: comes back with the answer, and tells it from anybody else's.
    """
    query = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "approval_prompt": "force",
        "scope": ",".join(REQUESTED_SCOPES),
        "state": state,
    }
    return f"{authorize_url}?{urlencode(query)}"


def exchange_code(client: StravaClient, code: SecretStr) -> StravaTokens:
    """Return tokens for the code that came with the athlete's consent; a code works once.

    Args:
        client: the application.
        code: the code.

    Raises:
        AuthorizationRefused: Strava does not know the code, or it was used already.
        ClientRefused, ProviderUnavailable, UnexpectedReply: see `read_token_reply`.
    """
    return _ask(client, {"grant_type": "authorization_code", "code": code.get_secret_value()})


def refresh_tokens(client: StravaClient, refresh_token: SecretStr) -> StravaTokens:
    """Return a living access token, and the refresh token that counts from now on.

    While an access token has more than an hour left, Strava returns that one again; otherwise a new one,
    and the refresh token that was sent may be dead from then on (Strava's documentation of refreshing).

    Args:
        client: the application that the refresh token was granted to.
        refresh_token: the newest one.

    Raises:
        NeedsReauthorization: the refresh token is dead.
        ClientRefused, ProviderUnavailable, UnexpectedReply: see `read_token_reply`.
    """
    return _ask(client, {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()})


def _ask(client: StravaClient, grant: Mapping[str, str]) -> StravaTokens:
    form = {"client_id": client.id, "client_secret": client.secret.get_secret_value(), **grant}
    try:
        reply = httpx.post(client.token_url, data=form, timeout=_PATIENCE)
    except httpx.HTTPError as error:
        # Not chained: the original carries the request, and the request carries the secrets.
        raise ProviderUnavailable(
            f"Strava gave no token: {describe(error)}. Nothing was changed. Try again later; if it goes on, "
            "check the network and STRAVA_TOKEN_URL."
        ) from None
    return read_token_reply(reply.status_code, reply.content)
