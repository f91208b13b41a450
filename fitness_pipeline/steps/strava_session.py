"""An open line to Strava's API: with our tokens, and with the rate limits that every process shares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypedDict, Unpack

from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.strava_access import StravaAccess, utc_now
from fitness_pipeline.steps.strava_quota import StravaQuota


class Waiting(TypedDict, total=False):
    """How `StravaApi` waits; what is left out is as usual there."""

    sleep: Callable[[float], None]
    timeout_seconds: float


@contextmanager
def open_strava_api(
    settings: Settings,
    *,
    is_live: bool,
    clock: Callable[[], datetime] = utc_now,
    **waiting: Unpack[Waiting],
) -> Iterator[StravaApi]:
    """Open the API of the connected account; the first request asks for a token.

    Args:
        settings: where the API is, and whose tokens.
        is_live: whether the requests may use what is reserved of the rate limits for the newest activities.
        clock: tells what has expired.
        **waiting: how to wait for Strava, and before another attempt.

    Yields:
        The API.
    """
    access = StravaAccess(settings, clock=clock)
    with (
        StravaQuota() as quota,
        StravaApi(
            settings.strava_api_url, access.token, quota, is_live=is_live, clock=clock, **waiting
        ) as api,
    ):
        yield api
