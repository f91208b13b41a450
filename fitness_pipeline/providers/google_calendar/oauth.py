"""OAuth with Google: the address of the consent page, and tokens for a code or a refresh token."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import google_auth_httplib2
import httplib2
import httpx
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2.credentials import Credentials
from pydantic import SecretStr

from fitness_pipeline.errors import AuthorizationRefused, NeedsReauthorization
from fitness_pipeline.providers.broken_connections import describe
from fitness_pipeline.providers.google_calendar.consent import SCOPE, Consent, challenge_of, require_scope
from fitness_pipeline.providers.google_calendar.token_replies import (
    CONNECT,
    Grant,
    no_tokens,
    read_document,
    read_grant,
    unavailable,
)
from fitness_pipeline.providers.oauth import OAuthClient, Tokens, token_text

PROVIDER = "google"

# Nobody waits longer than this for a token.
_PATIENCE_SECONDS = 20.0


class GoogleClient(OAuthClient):
    """The application that asks Google, made at https://console.cloud.google.com/auth/clients."""

    __slots__ = ()


def consent_url(
    authorize_url: str, client_id: str, redirect_uri: str, state: str, verifier: SecretStr
) -> str:
    """Return the address of the page that asks for consent.

    `access_type=offline` asks for a refresh token. Without `prompt=consent`, who consented before gets none
    (reports of several clients).

    Args:
        authorize_url: where that page is.
        client_id: the application, which is one for "Desktop".
        redirect_uri: where the browser is sent afterwards; such an application may name any port of
            127.0.0.1 (RFC 8252).
        state: comes back with the answer, and tells it from anybody else's.
        verifier: to be shown when the code is exchanged.
    """
    query = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": SCOPE,
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{authorize_url}?{urlencode(query)}"


def exchange_code(client: GoogleClient, consent: Consent, *, now: datetime) -> Grant:
    """Return what is granted for the code that came with a consent; a code works once.

    Args:
        client: the application.
        consent: with the code.
        now: the time.

    Raises:
        AuthorizationRefused: Google does not know the code, or it was used already; or it did not grant
            what cannot be done without.
        ClientRefused, ProviderUnavailable, UnexpectedReply: see `read_document`.
    """
    form = {
        "client_id": client.id,
        "client_secret": client.secret.get_secret_value(),
        "grant_type": "authorization_code",
        "code": consent.code.get_secret_value(),
        "redirect_uri": consent.redirect_uri,
        "code_verifier": consent.verifier.get_secret_value(),
    }
    try:
        reply = httpx.post(client.token_url, data=form, timeout=_PATIENCE_SECONDS)
    except httpx.HTTPError as error:
        # Not chained: the original carries the request, and the request carries the secrets.
        raise unavailable(describe(error)) from None
    refused = AuthorizationRefused(
        "Google does not accept the code that came with your consent; it works once and not for long. "
        f"{CONNECT}"
    )
    grant = read_grant(read_document(reply.status_code, reply.content, invalid_grant=refused), now)
    require_scope(grant.scopes)
    return grant


def refresh_tokens(client: GoogleClient, refresh_token: SecretStr, *, now: datetime) -> Tokens:
    """Return a new access token, and the refresh token that counts from now on, usually the same.

    Args:
        client: the application that the refresh token was granted to.
        refresh_token: the newest one.
        now: the time.

    Raises:
        NeedsReauthorization: the refresh token is dead.
        ClientRefused, ProviderUnavailable, UnexpectedReply: see `read_document`.
    """
    credentials: Any = Credentials(
        token=None,
        refresh_token=refresh_token.get_secret_value(),
        token_uri=client.token_url,
        client_id=client.id,
        client_secret=client.secret.get_secret_value(),
    )
    with closing(httplib2.Http(timeout=_PATIENCE_SECONDS)) as http:
        http.follow_redirects = False  # the secrets are for this address alone
        request = google_auth_httplib2.Request(http)

        def ask_once(**asked: Any) -> Any:
            # google-auth would ask three times and sleep in between, while others wait for our lock; and
            # its errors repeat the answer.
            reply = request(**asked)
            read_document(reply.status, reply.data, invalid_grant=_needs_reauthorization())
            return reply

        try:
            credentials.refresh(ask_once)
            # google-auth counts from this machine's clock, whatever time it is here.
            lifetime = credentials.expiry - datetime.now(UTC).replace(tzinfo=None)
            return Tokens(
                access_token=token_text(credentials.token),
                refresh_token=token_text(credentials.refresh_token),
                expires_at=now + timedelta(seconds=round(lifetime.total_seconds())),
            )
        except (TransportError, httplib2.HttpLib2Error, OSError) as error:
            raise unavailable(_what_broke(error)) from None
        except (GoogleAuthError, TypeError, ValueError, OverflowError):
            raise no_tokens() from None


def _needs_reauthorization() -> NeedsReauthorization:
    return NeedsReauthorization(
        "Google no longer accepts the stored refresh token. While the application is in testing, that "
        f"happens after 7 days: docs/google-calendar.md says how to publish it. {CONNECT}"
    )


def _what_broke(error: Exception) -> str:
    """Return a part of a sentence about Google, as `describe` does for httpx."""
    cause = error.args[0] if isinstance(error, TransportError) else error
    if isinstance(cause, TimeoutError):
        return "it did not answer in time"
    if isinstance(cause, ConnectionRefusedError | httplib2.ServerNotFoundError):
        return "it cannot be reached"
    return f"the connection broke ({type(cause).__name__})"
