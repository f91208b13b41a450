"""The state of the stand-in, which tests change at any time: what a lifter did, with which exercises."""

from collections.abc import Iterable
from datetime import datetime

from fitness_pipeline.sandbox.hevy.rows import Row
from fitness_pipeline.sandbox.hevy.templates import Templates
from fitness_pipeline.sandbox.hevy.workouts import Workouts
from fitness_pipeline.sandbox.serving.clock import Clock, utc_now

API_KEY = "0b5e55ed-f00d-4b1d-8bad-c0ffeec0ffee"
USER: Row = {
    "id": "5e1f1e55-0000-4d0e-9000-0123456789ab",
    "name": "nobody_lifts",
    "url": "https://hevy.com/user/nobody_lifts",
}


class HevyWorld:
    """Everything that Hevy knows.

    Attributes:
        workouts: add, edit, delete, put; every change is an event, until forget_events.
        templates: put, rename, delete.
        api_key: the one that is right; another one revokes it.
        is_empty_page_missing: whether the first page of a list of nothing is answered with 404, as a page
            past the end is. What Hevy does then is not known; False answers with an empty page.
    """

    def __init__(
        self,
        workouts: Iterable[Row] = (),
        templates: Iterable[Row] = (),
        deletions: Iterable[tuple[str, datetime]] = (),
        *,
        clock: Clock = utc_now,
    ) -> None:
        """Begin with what was logged before.

        Args:
            workouts: rows as the API sends them; each of them is an event of its `updated_at`, too.
            templates: rows as the API sends them.
            deletions: ids of workouts that were deleted, and when.
            clock: tells when changes happen; a stand-in that serves the world replaces it with its own.
        """
        self.workouts = Workouts(workouts, deletions, clock=clock)
        self.templates = Templates(templates)
        self.api_key = API_KEY
        self.is_empty_page_missing = False
