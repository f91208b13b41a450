"""What `/metrics` answers."""

import datetime

from pydantic import BaseModel, ConfigDict

from fitness_pipeline.api.routers.shoes import ShoeOut


class DayMileageOut(BaseModel):
    """Miles of a day, or of the window that ends with it."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"examples": [{"date": "2026-03-01", "mileage": 6.2}]}
    )

    date: datetime.date
    mileage: float


class WeekMileageOut(BaseModel):
    """Miles of a week, by its first day."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"examples": [{"week_start": "2026-03-02", "mileage": 31.4}]}
    )

    week_start: datetime.date
    mileage: float


class WornShoeOut(BaseModel):
    """Miles in a shoe."""

    model_config = ConfigDict(from_attributes=True)

    shoe: ShoeOut
    mileage: float


class DayTrimpOut(BaseModel):
    """TRIMP of a day."""

    model_config = ConfigDict(
        from_attributes=True, json_schema_extra={"examples": [{"date": "2026-03-01", "trimp": 88.6}]}
    )

    date: datetime.date
    trimp: float


class TrainingLoadOut(BaseModel):
    """Acute and chronic load after a day, their balance (chronic without acute), and its TRIMP."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"atl": 61.2, "ctl": 48.7, "tsb": -12.5, "trimp": 88.6}]},
    )

    atl: float
    ctl: float
    tsb: float
    trimp: float


class DayTrainingLoadOut(BaseModel):
    """Training load of a day."""

    date: datetime.date
    training_load: TrainingLoadOut
