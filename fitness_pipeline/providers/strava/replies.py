"""Judges what Strava's API answers: a body to read, nothing of that name, or an error with a next step."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fitness_pipeline.errors import (
    ApplicationInactive,
    NeedsReauthorization,
    OutOfQuota,
    PermissionRefused,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.models import RateLimits
from fitness_pipeline.providers.strava.faults import Fault, json_object, read_faults
from fitness_pipeline.providers.strava.rate_limits import Wait, find_wait, next_quarter_hour
from fitness_pipeline.providers.strava.token_replies import CONNECT

CUT_OFF = "its answer was cut off or is no JSON"

_SETTINGS_PAGE = "https://www.strava.com/settings/api"
_PERMISSION = "_permission"
# Nothing else of a reply is repeated; a token has digits.
_PLAIN_WORDS = re.compile(r"[A-Za-z_: ]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReply:
    """A reply to a request to the API.

    Attributes:
        sent_at: when the request went out.
        rate_limits: what its headers say, if anything.
    """

    status: int
    body: bytes = field(repr=False)
    sent_at: datetime
    rate_limits: RateLimits | None = None


def read_api_reply(reply: ApiReply) -> bytes | None:
    """Return the body of a good reply, or None when Strava has no such thing or does not show it (404).

    Errors come in Strava's own shape, see `faults`; the statuses are those of its documentation, recorded
    replies and the reports of several clients. Behind an outage, any status may come with a page in HTML.

    Args:
        reply: to a request whose access token has just been made sure of.

    Raises:
        OutOfQuota: too many requests.
        ProviderUnavailable: an outage; it passes.
        NeedsReauthorization: the access token is refused.
        PermissionRefused: the athlete did not grant what the request needs.
        ApplicationInactive: Strava has switched the application off.
        UnexpectedReply: anything else.
    """
    if reply.status == 200:
        return reply.body
    if reply.status == 429:
        raise out_of_quota(_announced_wait(reply), is_reserve=False)
    if reply.status >= 500 or reply.status == 408:
        raise unavailable(f"it answered HTTP {reply.status}")
    if 300 <= reply.status < 400:
        raise UnexpectedReply(
            f"Strava sends the request elsewhere (HTTP {reply.status}), where no token is to go unasked. If "
            "its API has moved, set STRAVA_API_URL to its new address."
        )
    document = json_object(reply.body)
    if document is None and reply.body.strip():
        raise unavailable(f"it answered HTTP {reply.status} with something that is not its API's")
    if reply.status == 404:
        return None
    raise _refusal(reply.status, read_faults(document))


def out_of_quota(wait: Wait, *, is_reserve: bool) -> OutOfQuota:
    """Return the error that says when to go on.

    Args:
        wait: how long.
        is_reserve: whether some requests are left, which are kept for the live sync.
    """
    resets_at = wait.resets_at.astimezone(UTC)
    until = f"{resets_at:%Y-%m-%d %H:%M} UTC" if wait.is_daily else f"{resets_at:%H:%M} UTC"
    limit = "day" if wait.is_daily else "quarter of an hour"
    if is_reserve:
        reason = f"What is left of Strava's limit for this {limit} is kept for new activities until {until}."
    else:
        reason = f"Strava's limit for this {limit} is used up until {until}."
    return OutOfQuota(f"{reason} Go on then.", resets_at=resets_at, is_daily=wait.is_daily)


def unavailable(what: str) -> ProviderUnavailable:
    """Return the error of an outage.

    Args:
        what: a part of a sentence, such as "it cannot be reached".
    """
    return ProviderUnavailable(
        f"Strava does not answer properly: {what}. Nothing was changed. Try again later; if it goes on, look "
        "at https://status.strava.com and check the network and STRAVA_API_URL."
    )


def nothing_there() -> UnexpectedReply:
    """Return the error of a 404 where every Strava has something."""
    return UnexpectedReply(
        "There is no Strava API at STRAVA_API_URL (HTTP 404). Correct it, or leave it out for Strava's own."
    )


def _announced_wait(reply: ApiReply) -> Wait:
    """Return how long a 429 lasts: by its headers, or a quarter hour; it never has a Retry-After."""
    told = find_wait(reply.rate_limits, reply.sent_at, is_live=True)
    return told or Wait(next_quarter_hour(reply.sent_at), is_daily=False)


def _refusal(status: int, faults: Sequence[Fault]) -> ProviderError:
    if status == 401:
        missing = [fault for fault in faults if fault.field.endswith(_PERMISSION)]
        if missing:
            scope = missing[0].field.removesuffix(_PERMISSION)
            return PermissionRefused(
                f"You did not grant what this needs{_quoted([scope])}. Connect again and leave its box "
                "ticked: `fitness-pipeline auth strava`."
            )
        return NeedsReauthorization(f"Strava refuses even an access token that is fresh. {CONNECT}")
    if status == 403 and any(_is_inactive(fault) for fault in faults):
        return ApplicationInactive(
            "Strava has switched your application off: its owner needs a subscription. Look at "
            f"{_SETTINGS_PAGE}; when the application is active again, so is the sync."
        )
    words = _quoted([word for fault in faults for word in (fault.resource, fault.field, fault.code)])
    if status == 403:
        return PermissionRefused(
            f"Strava does not allow this{words}. Look at {_SETTINGS_PAGE} whether the application is all "
            "right; if it is, connect again: `fitness-pipeline auth strava`."
        )
    return UnexpectedReply(
        f"Strava answered HTTP {status}{words}, which this version does not understand. Check STRAVA_API_URL "
        "and the clock of this machine; if both are right, a newer version may know the answer."
    )


def _is_inactive(fault: Fault) -> bool:
    return fault.resource == "Application" and fault.code.lower() == "inactive"


def _quoted(words: Sequence[str]) -> str:
    """Return Strava's words in brackets, those that are plain."""
    plain = " ".join(word for word in words if _PLAIN_WORDS.fullmatch(word))
    return f" ({plain})" if plain else ""
