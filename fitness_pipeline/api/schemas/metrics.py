"""What `/metrics` answers."""

import datetime

from pydantic import BaseModel
from pydantic.config import JsonDict

from fitness_pipeline.api.routers.shoes import SHOE_EXAMPLE, ShoeOut
from fitness_pipeline.api.schemas.examples import shown_as

_LOAD: JsonDict = {"atl": 61.2, "ctl": 48.7, "tsb": -12.5, "trimp": 88.6}


class DayMileageOut(BaseModel):
    """Miles of a day, or of the window that ends with it."""

    model_config = shown_as({"date": "2026-03-01", "mileage": 6.2})

    date: datetime.date
    mileage: float


class WeekMileageOut(BaseModel):
    """Miles of a week, by its first day."""

    model_config = shown_as({"week_start": "2026-03-02", "mileage": 31.4})

    week_start: datetime.date
    mileage: float


class WornShoeOut(BaseModel):
    """Miles in a shoe."""

    model_config = shown_as({"shoe": SHOE_EXAMPLE, "mileage": 212.5})

    shoe: ShoeOut
    mileage: float


class DayTrimpOut(BaseModel):
    """TRIMP of a day."""

    model_config = shown_as({"date": "2026-03-01", "trimp": 88.6})

    date: datetime.date
    trimp: float


class TrainingLoadOut(BaseModel):
    """Acute and chronic load after a day, their balance (chronic without acute), and its TRIMP."""

    model_config = shown_as(_LOAD)

    atl: float
    ctl: float
    tsb: float
    trimp: float


class DayTrainingLoadOut(BaseModel):
    """Training load of a day."""

    model_config = shown_as({"date": "2026-03-01", "training_load": _LOAD})

    date: datetime.date
    training_load: TrainingLoadOut
