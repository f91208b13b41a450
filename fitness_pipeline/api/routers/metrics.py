"""`/metrics`: what runs add up to, by the days of a time zone."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from fitness_pipeline.api.access import Viewer
from fitness_pipeline.api.metrics_days import (
    MAX_DAYS,
    GivenSex,
    ListedDays,
    MaxHeartRate,
    RequiredDays,
    RestingHeartRate,
    SummedDays,
    heart,
)
from fitness_pipeline.api.metrics_pages import AskedPart
from fitness_pipeline.api.paging import list_responses
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import responses
from fitness_pipeline.api.schemas.metrics import (
    DayMileageOut,
    DayTrainingLoadOut,
    DayTrimpOut,
    TrainingLoadOut,
    WeekMileageOut,
    WornShoeOut,
)
from fitness_pipeline.db import metrics_load, metrics_mileage
from fitness_pipeline.db.metrics_load import DayTrainingLoad, DayTrimp
from fitness_pipeline.db.metrics_mileage import DayMileage, Weekday, WeekMileage, WornShoe

router = APIRouter(prefix="/metrics", tags=["metrics"])

_SUM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": 1234.5}}},
    **responses(),
}


@router.get("/mileage/total", summary="Miles in all", responses=_SUM)
def read_total_mileage(connection: Connection, viewer: Viewer, period: SummedDays) -> float:
    """The miles of all runs from `start` to `end`."""
    return metrics_mileage.total_mileage(period, conn=connection)


@router.get("/seconds/total", summary="Seconds in all", responses=_SUM)
def read_total_seconds(connection: Connection, viewer: Viewer, period: SummedDays) -> float:
    """How many seconds all runs from `start` to `end` took."""
    return metrics_mileage.total_seconds(period, conn=connection)


@router.get("/mileage/by-day", summary="Miles by day", responses=list_responses())
def list_mileage_by_day(
    connection: Connection, viewer: Viewer, period: ListedDays, part: AskedPart
) -> list[DayMileageOut]:
    """The miles of each day, up to today; 0 on days without a run."""
    days = metrics_mileage.mileage_by_day(period, conn=connection)
    return [DayMileageOut.model_validate(day) for day in part.of(days, _date)]


@router.get("/mileage/by-week", summary="Miles by week", responses=list_responses())
def list_mileage_by_week(
    connection: Connection,
    viewer: Viewer,
    period: ListedDays,
    part: AskedPart,
    week_start: Annotated[Weekday, Query(description="The day that a week begins with.")] = "monday",
) -> list[WeekMileageOut]:
    """The miles of each week with a day from `start` to `end`. The whole week counts, up to today."""
    weeks = metrics_mileage.mileage_by_week(period, week_start, conn=connection)
    return [WeekMileageOut.model_validate(week) for week in part.of(weeks, _week)]


@router.get("/mileage/rolling-by-day", summary="Miles in a sliding window", responses=list_responses())
def list_rolling_mileage_by_day(
    connection: Connection,
    viewer: Viewer,
    period: ListedDays,
    part: AskedPart,
    window: Annotated[int, Query(ge=1, le=MAX_DAYS, description="How many days it has.")] = 1,
) -> list[DayMileageOut]:
    """For each day the miles of the `window` days that end with it, those before `start` included."""
    days = metrics_mileage.mileage_by_day(period, window, conn=connection)
    return [DayMileageOut.model_validate(day) for day in part.of(days, _date)]


@router.get("/mileage/by-shoe", summary="Miles by shoe", responses=list_responses())
def list_mileage_by_shoe(
    connection: Connection,
    viewer: Viewer,
    period: SummedDays,
    part: AskedPart,
    include_retired: Annotated[bool, Query(description="Whether retired shoes are in it.")] = False,
) -> list[WornShoeOut]:
    """The miles in each shoe that was worn, most first. Runs without a shoe are left out."""
    shoes = metrics_mileage.mileage_of_shoes(period, include_retired=include_retired, conn=connection)
    return [WornShoeOut.model_validate(worn) for worn in part.of(shoes, _rank)]


@router.get("/trimp/by-day", summary="TRIMP by day", responses=list_responses())
def list_trimp_by_day(
    connection: Connection,
    viewer: Viewer,
    period: ListedDays,
    part: AskedPart,
    max_hr: MaxHeartRate = 192,
    resting_hr: RestingHeartRate = 42,
    sex: GivenSex = "M",
) -> list[DayTrimpOut]:
    """Banister's training impulse of each day, up to today; runs without a heart rate have none."""
    days = metrics_load.trimp_by_day(period, heart(max_hr, resting_hr, sex), conn=connection)
    return [DayTrimpOut.model_validate(day) for day in part.of(days, _date)]


@router.get("/training-load/by-day", summary="Training load by day", responses=list_responses())
def list_training_load_by_day(
    connection: Connection,
    viewer: Viewer,
    period: RequiredDays,
    part: AskedPart,
    max_hr: MaxHeartRate,
    resting_hr: RestingHeartRate,
    sex: GivenSex,
) -> list[DayTrainingLoadOut]:
    """Acute (7 days) and chronic (42 days) load and their balance at the end of each day, up to today."""
    days = metrics_load.training_load_by_day(period, heart(max_hr, resting_hr, sex), conn=connection)
    return [
        DayTrainingLoadOut(date=day.date, training_load=TrainingLoadOut.model_validate(day))
        for day in part.of(days, _date)
    ]


def _date(day: DayMileage | DayTrimp | DayTrainingLoad) -> tuple[str]:
    return (day.date.isoformat(),)


def _week(week: WeekMileage) -> tuple[str]:
    return (week.week_start.isoformat(),)


def _rank(worn: WornShoe) -> tuple[float, str]:
    return -worn.mileage, worn.shoe.name
