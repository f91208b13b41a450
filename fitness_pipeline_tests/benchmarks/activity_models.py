"""The baseline for activities: `json.loads` and a model of fifty typed fields for each."""

import json
from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel


class AthleteModel(BaseModel):
    """Whose activity it is."""

    id: int | None = None
    resource_state: int | None = None


class MapModel(BaseModel):
    """Its route."""

    id: str | None = None
    summary_polyline: str | None = None
    resource_state: int | None = None


class ActivityModel(BaseModel):
    """An activity as a careful model of it would be written: fifty fields, any of which may be missing."""

    resource_state: int | None = None
    athlete: AthleteModel | None = None
    name: str | None = None
    distance: float | None = None
    moving_time: int | None = None
    elapsed_time: int | None = None
    total_elevation_gain: float | None = None
    type: str | None = None
    sport_type: str | None = None
    workout_type: int | None = None
    id: int | None = None
    start_date: datetime | None = None
    start_date_local: datetime | None = None
    timezone: str | None = None
    utc_offset: float | None = None
    location_city: str | None = None
    location_state: str | None = None
    location_country: str | None = None
    achievement_count: int | None = None
    kudos_count: int | None = None
    comment_count: int | None = None
    athlete_count: int | None = None
    photo_count: int | None = None
    map: MapModel | None = None
    device_name: str | None = None
    trainer: bool | None = None
    commute: bool | None = None
    manual: bool | None = None
    private: bool | None = None
    visibility: str | None = None
    flagged: bool | None = None
    gear_id: str | None = None
    start_latlng: list[float] | None = None
    end_latlng: list[float] | None = None
    average_speed: float | None = None
    max_speed: float | None = None
    average_cadence: float | None = None
    average_temp: float | None = None
    average_watts: float | None = None
    kilojoules: float | None = None
    has_heartrate: bool | None = None
    average_heartrate: float | None = None
    max_heartrate: float | None = None
    elev_high: float | None = None
    elev_low: float | None = None
    upload_id: int | None = None
    external_id: str | None = None
    pr_count: int | None = None
    has_kudoed: bool | None = None
    suffer_score: float | None = None


def read_with_activity_models(payloads: Iterable[str]) -> int:
    """Read activities one by one, keeping none; return how many."""
    activities = 0
    for payload in payloads:
        ActivityModel.model_validate(json.loads(payload))
        activities += 1
    return activities
