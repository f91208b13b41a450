"""Runs and their versions, as they are answered."""

from datetime import datetime

from pydantic import BaseModel
from pydantic.config import JsonDict

from fitness_pipeline.api.schemas.examples import shown_as
from fitness_pipeline.models import ChangeType, RunSource, RunType, SyncStatus

_RUN: JsonDict = {
    "id": "strava_16195505756",
    "datetime_utc": "2026-03-01T06:30:00Z",
    "type": "Outdoor Run",
    "distance": 6.2,
    "duration": 3180.0,
    "source": "Strava",
    "avg_heart_rate": 148.0,
    "shoe_id": "brooks_ghost_15",
    "deleted_at": None,
}
DETAIL_EXAMPLE: JsonDict = {
    **_RUN,
    "shoes": "Brooks Ghost 15",
    "shoe_retirement_notes": None,
    "version": 2,
    "is_synced": True,
    "sync_status": "synced",
    "synced_at": "2026-03-01T07:45:10Z",
    "google_event_id": "2c6ee24b09816a6f14f95d1698b24ead",
    "synced_version": 2,
    "error_message": None,
}
"""A run with its details, as JSON has it."""

_VERSION: JsonDict = {
    "history_id": 4711,
    "run_id": "strava_16195505756",
    "version_number": 2,
    "change_type": "edit",
    "datetime_utc": "2026-03-01T06:30:00Z",
    "type": "Outdoor Run",
    "distance": 6.2,
    "duration": 3180.0,
    "source": "Strava",
    "avg_heart_rate": 148.0,
    "shoe_id": "brooks_ghost_15",
    "changed_at": "2026-03-01T19:02:11Z",
    "changed_by": "Ada",
    "change_reason": "the track was longer",
}


class RunOut(BaseModel):
    """A run: miles, seconds, beats a minute."""

    model_config = shown_as(_RUN)

    id: str
    datetime_utc: datetime
    type: RunType
    distance: float
    duration: float
    source: RunSource
    avg_heart_rate: float | None
    shoe_id: str | None
    deleted_at: datetime | None


class RunDetailOut(RunOut):
    """A run with its version, its shoe's name, and what the calendar holds of it."""

    model_config = shown_as(DETAIL_EXAMPLE)

    shoes: str | None
    shoe_retirement_notes: str | None
    version: int
    is_synced: bool
    sync_status: SyncStatus | None
    synced_at: datetime | None
    google_event_id: str | None
    synced_version: int | None
    error_message: str | None


class RunVersionOut(BaseModel):
    """A run after one change, with who made it and why."""

    model_config = shown_as(_VERSION)

    history_id: int
    run_id: str
    version_number: int
    change_type: ChangeType
    datetime_utc: datetime
    type: RunType
    distance: float
    duration: float
    source: RunSource
    avg_heart_rate: float | None
    shoe_id: str | None
    changed_at: datetime
    changed_by: str | None
    change_reason: str | None
