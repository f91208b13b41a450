"""Replies about one thing: when an activity starts, and gear as it was sent."""

from datetime import datetime

from fitness_pipeline.errors import UnexpectedReply
from fitness_pipeline.providers.strava.faults import json_object
from fitness_pipeline.providers.strava.listed import read_instant
from fitness_pipeline.providers.strava.replies import CUT_OFF, unavailable


def read_start_date(body: bytes) -> datetime:
    """Return when an activity starts, in UTC.

    Args:
        body: of a good reply: one activity.

    Raises:
        ProviderUnavailable: it is no JSON object, or is cut off.
        UnexpectedReply: it does not tell.
    """
    activity = json_object(body)
    if activity is None:
        raise unavailable(CUT_OFF)
    start_date = read_instant(activity.get("start_date"))
    if start_date is None:
        raise UnexpectedReply(
            "Strava answered with an activity that does not tell when it starts. Look at it on Strava; if it "
            "is all right there, a newer version of this program may understand it."
        )
    return start_date


def read_gear_object(body: bytes) -> bytes:
    """Return the body, once it is known to be a whole JSON object.

    Args:
        body: of a good reply: gear.

    Raises:
        ProviderUnavailable: it is none, or is cut off.
    """
    if json_object(body) is None:
        raise unavailable(CUT_OFF)
    return body
