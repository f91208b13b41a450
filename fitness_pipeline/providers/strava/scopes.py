"""What a token can see of an account's activities."""

from collections.abc import Sequence

from fitness_pipeline.providers.strava.consent import READ_ACTIVITIES, READ_ALL_ACTIVITIES

UNKNOWN = "unknown"
"""The scope of a token that nobody told the scopes of, such as one from the environment."""


def visible_scope(granted: Sequence[str] | None) -> str:
    """Return the scope that decides which activities are listed.

    Args:
        granted: the scopes of the token; None where nobody told.
    """
    if granted is None:
        return UNKNOWN
    return READ_ALL_ACTIVITIES if READ_ALL_ACTIVITIES in granted else READ_ACTIVITIES


def scopes_within(scope: str) -> list[str]:
    """Return the scopes that see nothing that this one does not see.

    An activity that was last listed under one of these, and is missing now, is gone. One that was listed
    under a wider scope may just be invisible.

    Args:
        scope: as `visible_scope` gives it.
    """
    return [UNKNOWN, READ_ACTIVITIES, READ_ALL_ACTIVITIES] if scope == READ_ALL_ACTIVITIES else [scope]
