"""What a client lists of the activities of all times."""

from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline_tests.moments import NOW

WINDOW = {"after": 0, "before": int(NOW.timestamp())}


def listed(api: StravaApi, **window: int) -> list[int]:
    """The ids of the activities of a page, the first one unless said otherwise."""
    return api.list_activities(**{**WINDOW, "page": 1, **window}).activity_ids
