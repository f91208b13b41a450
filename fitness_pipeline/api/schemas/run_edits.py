"""What may be changed of a run, and what is answered then."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from fitness_pipeline.api.fields import NO_NUL, Instant, Label, Reason
from fitness_pipeline.api.schemas.examples import shown_as
from fitness_pipeline.api.schemas.runs import DETAIL_EXAMPLE, RunDetailOut
from fitness_pipeline.db.run_values import EDITABLE_FIELDS, HEART_RATES, possible_start
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.models import RunType

_EDIT: JsonDict = {"distance": 6.2, "avg_heart_rate": None, "change_reason": "the track was longer"}

_CHANGED: JsonDict = {
    "status": "success",
    "message": "Changed distance.",
    "run": DETAIL_EXAMPLE,
    "updated_fields": ["distance"],
    "updated_at": "2026-03-01T19:02:11Z",
    "updated_by": "Ada",
}
_RESTORED: JsonDict = {
    "status": "success",
    "message": "Restored to version 1.",
    "run": DETAIL_EXAMPLE,
    "restored_from_version": 1,
    "restored_at": "2026-03-01T19:02:11Z",
    "restored_by": "Ada",
}


class RunChangedOut(BaseModel):
    """What became of a run; if nothing is different, no field is updated and there is no new version."""

    model_config = shown_as(_CHANGED)

    status: Literal["success"] = "success"
    message: str
    run: RunDetailOut
    updated_fields: list[str]
    updated_at: datetime
    updated_by: str


class RunRestoredOut(BaseModel):
    """What became of a run that was given the values of an older version."""

    model_config = shown_as(_RESTORED)

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
