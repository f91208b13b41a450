"""An outing: what happened, before Strava makes a row of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from fitness_pipeline.sandbox.strava.places import CHICAGO, Place

Visibility = Literal["everyone", "followers_only", "only_me"]
Recorder = Literal["garmin", "phone", "zwift"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outing:
    """One activity of the athlete.

    Attributes:
        start: an instant, with a zone; whole seconds are kept.
        sport_type: any text; Strava invents new ones.
        distance_metres: 0 where nothing is covered.
        elapsed_seconds: from start to end.
        moving_seconds: without the pauses; None when there were none.
        name: None for one after the time of day.
        place: where, which also gives the zone.
        guessed_zone: the zone that Strava names instead of the true one.
        recorder: what recorded it; None when it was entered by hand.
        is_trainer: indoors on a machine, so without a route.
        is_commute: on the way to work.
        visibility: `only_me` is shown to nobody without the scope activity:read_all.
        gear_id: None without gear.
        workout_type: for runs 0 nothing special, 1 a race, 2 a long run, 3 a workout; None is as good as 0.
        average_heartrate: beats a minute; None when it was not measured.
        max_heartrate: beats a minute.
        cadence: revolutions or double steps a minute; None when it was not measured.
        celsius: what the watch measured, or None.
        climbed_metres: upwards only.
        uploaded_at: None for shortly after the end.
    """

    start: datetime
    sport_type: str = "Run"
    distance_metres: float = 8046.7
    elapsed_seconds: int = 2700
    moving_seconds: int | None = None
    name: str | None = None
    place: Place = CHICAGO
    guessed_zone: str | None = None
    recorder: Recorder | None = "garmin"
    is_trainer: bool = False
    is_commute: bool = False
    visibility: Visibility = "everyone"
    gear_id: str | None = None
    workout_type: int | None = 0
    average_heartrate: float | None = None
    max_heartrate: float | None = None
    cadence: float | None = None
    celsius: int | None = None
    climbed_metres: float = 0.0
    uploaded_at: datetime | None = None

    @property
    def end(self) -> datetime:
        """When it was over."""
        return self.start + timedelta(seconds=self.elapsed_seconds)

    @property
    def has_route(self) -> bool:
        """Whether there are coordinates."""
        return self.recorder is not None and not self.is_trainer and self.distance_metres > 0
