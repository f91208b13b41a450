"""How many requests to Strava are left, for the Dagster UI."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fitness_pipeline.providers.strava.rate_limits import Remaining


def budget(left: "Remaining | None") -> dict[str, int]:
    """Return the metadata that tells it.

    Args:
        left: as Strava said last; None if it never did.
    """
    if left is None:
        return {}
    return {"requests_left_this_quarter_hour": left.quarter_hour, "requests_left_today": left.day}
