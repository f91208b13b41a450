"""Judges what Hevy's API answers: a body to read, nothing of that name, or an error with a next step."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fitness_pipeline.errors import (
    OutOfQuota,
    PermissionRefused,
    ProviderUnavailable,
    UnexpectedReply,
)

# What Hevy may ask for between two attempts; for longer, the sync ends and says until when.
LONGEST_WAIT_SECONDS = 120.0

_NEXT_STEP = "Try again later; if it goes on, check the network and HEVY_API_URL."
_KEYS_PAGE = "https://hevy.com/settings?developer"
_LONGEST_PAUSE = timedelta(days=1)
_BEYOND_PATIENCE = timedelta(hours=1)


class TryAgain(ProviderUnavailable):
    """It passes, so the request is worth another attempt.

    Args:
        message: a sentence with the next step.
        after_seconds: how long Hevy asks to be left alone first, if it said so.
    """

    def __init__(self, message: str, *, after_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReply:
    """A reply to a request.

    Attributes:
        received_at: by the clock of this machine.
        retry_after_seconds: what its header `Retry-After` says; None without one.
    """

    status: int
    body: bytes = field(repr=False)
    received_at: datetime
    retry_after_seconds: float | None = None


def read_api_reply(reply: ApiReply) -> bytes | None:
    """Return the body of a good reply, or None for a 404: there is no such page, or no such thing.

    The statuses are those of Hevy's API description and of the reports of several clients. What a body says
    besides is repeated nowhere: the key could be in it.

    Args:
        reply: to judge.

    Raises:
        OutOfQuota: Hevy asks to be left alone for a long time.
        TryAgain: an outage, or too many requests; it passes.
        PermissionRefused: the key is refused.
        UnexpectedReply: anything else.
    """
    status = reply.status
    if status == 200:
        return reply.body
    if status in (408, 429) or status >= 500:
        raise _passing(reply)
    if status in (401, 403):
        raise PermissionRefused(
            f"Hevy refuses the API key (HTTP {status}). Check HEVY_API_KEY: {_KEYS_PAGE} shows the key, and "
            "it works as long as Hevy Pro is active."
        )
    if status == 404:
        if reply.body.lstrip().startswith(b"<"):
            raise unavailable("it answered HTTP 404 with a page that is not its API's")
        return None
    if 300 <= status < 400:
        raise UnexpectedReply(
            f"Hevy sends the request elsewhere (HTTP {status}), where no key is to go unasked. If its API "
            "has moved, set HEVY_API_URL to its new address."
        )
    raise UnexpectedReply(
        f"Hevy answered HTTP {status}, which this version does not understand. Check HEVY_API_URL; if it is "
        "right, a newer version may know the answer."
    )


def unavailable(what: str, *, after_seconds: float = 0.0) -> TryAgain:
    """Return the error of something that passes.

    Args:
        what: a part of a sentence, such as "it cannot be reached".
        after_seconds: how long Hevy asks to be left alone.
    """
    return TryAgain(
        f"Hevy does not answer properly: {what}. Nothing was changed. {_NEXT_STEP}",
        after_seconds=after_seconds,
    )


def cut_off() -> TryAgain:
    """Return the error of a body that cannot be read to its end."""
    return unavailable("its answer was cut off or is no JSON")


def unexpected(what: str) -> UnexpectedReply:
    """Return the error of an answer that can be read, but is not what Hevy's API is known to say.

    Args:
        what: a part of a sentence, such as "the count of workouts is no number".
    """
    return UnexpectedReply(
        f"Hevy's answer is not understood: {what}. Nothing was changed. {_NEXT_STEP} A newer version of this "
        "program may understand it."
    )


def nothing_there() -> UnexpectedReply:
    """Return the error of a 404 where every account has something."""
    return UnexpectedReply(
        "There is no Hevy API at HEVY_API_URL (HTTP 404). Correct it, or leave it out for Hevy's own."
    )


def _passing(reply: ApiReply) -> OutOfQuota | TryAgain:
    seconds = reply.retry_after_seconds or 0.0
    if seconds > LONGEST_WAIT_SECONDS:
        pause = min(timedelta(seconds=min(seconds, 1e8)), _LONGEST_PAUSE)
        resets_at = reply.received_at + pause
        return OutOfQuota(
            f"Hevy asks to be left alone until {resets_at:%Y-%m-%d %H:%M} UTC (HTTP {reply.status}). Go on "
            "then.",
            resets_at=resets_at,
            is_daily=pause > _BEYOND_PATIENCE,
        )
    what = "too many requests" if reply.status == 429 else "an outage"
    return unavailable(f"it answered HTTP {reply.status} ({what})", after_seconds=seconds)
