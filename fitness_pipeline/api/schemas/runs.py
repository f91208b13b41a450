"""Runs and their versions, as they are answered, and what may be changed of a run."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from fitness_pipeline.api.fields import NO_NUL, Instant, Label, Reason
from fitness_pipeline.db.run_values import EDITABLE_FIELDS, HEART_RATES, possible_start
from fitness_pipeline.errors import InvalidValue
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
_DETAIL: JsonDict = {
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
_EDIT: JsonDict = {"distance": 6.2, "avg_heart_rate": None, "change_reason": "the track was longer"}


def _example(example: JsonDict) -> ConfigDict:
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [example]})


class RunOut(BaseModel):
    """A run: miles, seconds, beats a minute."""

    model_config = _example(_RUN)

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

    model_config = _example(_DETAIL)

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

    model_config = _example(_VERSION)

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


class RunChangedOut(BaseModel):
    """What became of a run; if nothing is different, no field is updated and there is no new version."""

    status: Literal["success"] = "success"
    message: str
    run: RunDetailOut
    updated_fields: list[str]
    updated_at: datetime
    updated_by: str


class RunRestoredOut(BaseModel):
    """What became of a run that was given the values of an older version."""

    status: Literal["success"] = "success"
    message: str
    run: RunDetailOut
    restored_from_version: int
    restored_at: datetime
    restored_by: str


class ReasonIn(BaseModel):
    """Why a run is changed, and who does it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"change_reason": "recorded twice"}]}
    )

    change_reason: Reason | None = None
    changed_by: Label | None = Field(default=None, description="Without it, the name of the token.")


def _optional() -> Any:
    """Return a field that may be left out, but not be null."""
    return Field(default_factory=lambda: None)


def _start(start: datetime) -> datetime:
    try:
        return possible_start(start)
    except InvalidValue as error:
        raise ValueError(str(error)) from None


_More = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
_HeartRate = Annotated[float, Field(strict=True, ge=HEART_RATES[0], le=HEART_RATES[1], allow_inf_nan=False)]
_ShoeId = Annotated[str, StringConstraints(pattern=NO_NUL)]


class RunEditIn(ReasonIn):
    """What to change of a run; what is left out stays. Null takes heart rate or shoe away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EDIT]})

    distance: _More = _optional()
    duration: _More = _optional()
    avg_heart_rate: _HeartRate | None = None
    type: RunType = _optional()
    shoe_id: _ShoeId | None = None
    datetime_utc: Annotated[Instant, AfterValidator(_start)] = _optional()

    @property
    def updates(self) -> dict[str, Any]:
        """The fields of the run that were sent."""
        return {field: getattr(self, field) for field in EDITABLE_FIELDS if field in self.model_fields_set}
