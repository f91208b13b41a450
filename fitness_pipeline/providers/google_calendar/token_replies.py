"""Reads what Google's token address answers: what it grants, or the reason why it grants nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitness_pipeline.errors import (
    AuthorizationRefused,
    ClientRefused,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.providers.oauth import Tokens, token_text

CONNECT = "Connect again: `fitness-pipeline auth google`."

_PASSING_STATUSES = (408, 429)
_PASSING_ERRORS = ("internal_failure", "server_error", "temporarily_unavailable")
# The last two are Google's own; RFC 6749 does not have them.
_ERRORS_OF_THE_CLIENT = ("invalid_client", "unauthorized_client", "deleted_client", "disabled_client")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What Google granted for a code.

    Attributes:
        tokens: the first ones.
        scopes: what they are for.
        ends_at: when the refresh token dies whatever happens; None if Google names no day.
    """

    tokens: Tokens
    scopes: tuple[str, ...]
    ends_at: datetime | None


def read_document(status: int, body: bytes, *, invalid_grant: ProviderError) -> dict[str, Any]:
    """Return what an answer says that grants something.

    Args:
        status: its HTTP status.
        body: JSON; errors come as RFC 6749 has them.
        invalid_grant: what to raise when Google refuses the code or refresh token that it was sent.

    Raises:
        ClientRefused: the application's id or secret is wrong, or the application is gone.
        ProviderUnavailable: an outage, too many requests, or a body that is cut off; it passes.
        UnexpectedReply: anything else.
    """
    document = _json_object(body)
    error = document.get("error") if document else None
    if status >= 500 or status in _PASSING_STATUSES or error in _PASSING_ERRORS:
        raise unavailable(f"it answered HTTP {status}")
    if error == "invalid_grant":
        raise invalid_grant
    if error in _ERRORS_OF_THE_CLIENT:
        raise ClientRefused(
            "Google does not accept the application's id or secret. Compare GOOGLE_CLIENT_ID and "
            "GOOGLE_CLIENT_SECRET with https://console.cloud.google.com/auth/clients."
        )
    if status != 200:
        raise UnexpectedReply(
            f"Google refused with HTTP {status}, without a reason that this version knows. Check "
            "GOOGLE_TOKEN_URL, GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."
        )
    if document is None:
        raise unavailable("its answer was cut off or is no JSON")
    return document


def read_grant(document: Mapping[str, Any], asked_at: datetime) -> Grant:
    """Return what is granted for a code.

    Args:
        document: what the answer says.
        asked_at: when it was asked for; times count from there.

    Raises:
        AuthorizationRefused: there is no refresh token, without which this would end within the hour.
        UnexpectedReply: there are no usable tokens.
    """
    if not document.get("refresh_token"):
        raise AuthorizationRefused(
            "Google granted access for an hour only, without a refresh token. Take this application's access "
            "away at https://myaccount.google.com/connections, then run `fitness-pipeline auth google` again."
        )
    try:
        # Where an application is in testing (recorded replies of several clients).
        lasts_seconds = document.get("refresh_token_expires_in")
        return Grant(
            tokens=Tokens(
                access_token=token_text(document["access_token"]),
                refresh_token=token_text(document["refresh_token"]),
                expires_at=asked_at + timedelta(seconds=int(document["expires_in"])),
            ),
            scopes=tuple(str(document["scope"]).split()),
            ends_at=asked_at + timedelta(seconds=int(lasts_seconds)) if lasts_seconds else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise no_tokens() from None


def unavailable(what: str) -> ProviderUnavailable:
    """Return the error for what passes.

    Args:
        what: went wrong, as a part of a sentence about Google.
    """
    return ProviderUnavailable(
        f"Google gave no token: {what}. Nothing was changed. Try again later; if it goes on, check the "
        "network and GOOGLE_TOKEN_URL."
    )


def no_tokens() -> UnexpectedReply:
    """Return the error for an answer that grants something, but nothing that can be used."""
    return UnexpectedReply(
        "Google answered without usable tokens. Check GOOGLE_TOKEN_URL; if it is right, a newer version of "
        "this program may know the new answer."
    )


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
