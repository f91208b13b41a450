"""The state of the stand-in, which tests change at any time: an athlete, what they did, who may see it."""

from collections.abc import Iterable
from typing import Any

from fitness_pipeline.sandbox.strava.activities import Activities
from fitness_pipeline.sandbox.strava.details import compose_detail
from fitness_pipeline.sandbox.strava.gear import Gear, GearShelf, gear_detail, gear_summary
from fitness_pipeline.sandbox.strava.oauth import Authorizations, Client
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID, Row

_ATHLETE: Row = {
    "id": ATHLETE_ID,
    "username": "nobody_runs",
    "resource_state": 2,
    "firstname": "Nobody",
    "lastname": "Inparticular",
    "city": "Chicago",
    "state": "Illinois",
    "country": "United States",
    "sex": "F",
    "premium": True,
    "summit": True,
    "created_at": "2014-03-09T16:20:00Z",
    "updated_at": "2025-06-01T08:15:30Z",
    "badge_type_id": 1,
    "profile_medium": "avatar/athlete/medium.png",
    "profile": "avatar/athlete/large.png",
    "friend": None,
    "follower": None,
}


class StravaWorld:
    """Everything that Strava knows.

    Attributes:
        athlete_id: whose account it is.
        activities: add, edit, delete, hide.
        gear: add, rename, retire, delete.
        oauth: what the athlete granted; revoke, or kill tokens.
        is_application_active: False makes every request to the API end with 403, while tokens are still
            refreshed, as for an application whose owner has no subscription.
    """

    def __init__(
        self,
        activities: Iterable[Row] = (),
        gear: Iterable[Gear] = (),
        client: Client | None = None,
        athlete_id: int = ATHLETE_ID,
    ) -> None:
        self.athlete_id = athlete_id
        self.activities = Activities(activities)
        self.gear = GearShelf(gear)
        self.oauth = Authorizations(client)
        self.is_application_active = True

    def athlete_summary(self) -> Row:
        """Return the athlete as anybody sees them."""
        return {**_ATHLETE, "id": self.athlete_id}

    def athlete_detail(self) -> Row:
        """Return the athlete as they see themselves, with shoes and bikes."""
        gear: dict[bool, list[Any]] = {True: [], False: []}
        for one in self.gear.all():
            gear[one.is_bike].append(gear_summary(one, self.activities.metres_with(one.id)))
        return {
            **self.athlete_summary(),
            "resource_state": 3,
            "follower_count": 12,
            "friend_count": 15,
            "mutual_friend_count": 0,
            "athlete_type": 1,
            "date_preference": "%m/%d/%Y",
            "measurement_preference": "feet",
            "clubs": [],
            "ftp": None,
            "weight": 61.5,
            "bikes": gear[True],
            "shoes": gear[False],
        }

    def activity_detail(self, row: Row) -> Row:
        """Return the detailed representation of a listed activity."""
        gear = self.gear.find(row.get("gear_id"))
        if gear is None:
            return compose_detail(row, None)
        return compose_detail(row, gear_summary(gear, self.activities.metres_with(gear.id)))

    def gear_detail(self, gear: Gear) -> Row:
        """Return the detailed representation of gear."""
        return gear_detail(gear, self.activities.metres_with(gear.id))
