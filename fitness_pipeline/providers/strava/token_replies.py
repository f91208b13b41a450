"""Reads what Strava's token address answers: tokens, or the reason why there are none."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fitness_pipeline.errors import (
    AuthorizationRefused,
    ClientRefused,
    NeedsReauthorization,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.providers.oauth import Tokens, token_text
from fitness_pipeline.providers.strava.faults import json_object, read_faults

CONNECT = "Connect again: `fitness-pipeline auth strava`."


@dataclass(frozen=True, slots=True, kw_only=True)
class StravaTokens(Tokens):
    """What Strava granted.

    Attributes:
        athlete_id: whose account; only an exchanged code tells it.
    """

    athlete_id: int | None = None


def read_token_reply(status: int, body: bytes) -> StravaTokens:
    """Return the tokens in a reply.

    Errors come as HTTP 400 in Strava's own shape, a list of `resource`, `field` and `code`, and not as
    OAuth's `invalid_grant` (recorded replies, and the reports of several clients).

    Args:
        status: the reply's HTTP status.
        body: its body.

    Raises:
        NeedsReauthorization: the refresh token is dead.
        AuthorizationRefused: the code is unknown or used.
        ClientRefused: the application's id or secret is wrong, or the application is inactive.
        ProviderUnavailable: an outage, too many requests, or a body that is cut off; it passes.
        UnexpectedReply: anything else.
    """
    document = json_object(body)
    if status >= 500 or status in (408, 429):
        raise _unavailable(f"it answered HTTP {status}")
    if status != 200:
        raise _refusal(status, {fault.resource for fault in read_faults(document)})
    if document is None:
        raise _unavailable("its answer was cut off or is no JSON")
    try:
        return StravaTokens(
            access_token=token_text(document["access_token"]),
            refresh_token=token_text(document["refresh_token"]),
            expires_at=datetime.fromtimestamp(int(document["expires_at"]), UTC),
            athlete_id=_athlete_id(document.get("athlete")),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise UnexpectedReply(
            "Strava answered without usable tokens. Check STRAVA_TOKEN_URL; if it is right, a newer version "
            "of this program may know the new answer."
        ) from None


def _refusal(status: int, resources: set[str]) -> ProviderError:
    if "RefreshToken" in resources:
        return NeedsReauthorization(f"Strava no longer accepts the stored refresh token. {CONNECT}")
    if "RequestToken" in resources:
        return AuthorizationRefused(
            "Strava does not accept the code that came with your consent; it works once and not for long. "
            f"{CONNECT}"
        )
    if "Application" in resources and status == 403:
        return ClientRefused(
            "Your Strava application is inactive. Look at https://www.strava.com/settings/api: Strava wants "
            "its owner to have a subscription."
        )
    if "Application" in resources:
        return ClientRefused(
            "Strava does not accept the application's id or secret. Compare STRAVA_CLIENT_ID and "
            "STRAVA_CLIENT_SECRET with https://www.strava.com/settings/api."
        )
    return UnexpectedReply(
        f"Strava refused with HTTP {status}, without a reason that this version knows. Check "
        "STRAVA_TOKEN_URL, STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET."
    )


def _unavailable(what: str) -> ProviderUnavailable:
    return ProviderUnavailable(f"Strava gave no token: {what}. Nothing was changed. Try again later.")


def _athlete_id(athlete: object) -> int | None:
    found = athlete.get("id") if isinstance(athlete, dict) else None
    return found if isinstance(found, int) else None
