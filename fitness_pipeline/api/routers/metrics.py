"""`/metrics`: what runs add up to, by the days of a time zone."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter

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
from fitness_pipeline.api.paging import json_list, list_responses
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import responses
from fitness_pipeline.api.schemas.metrics import (
    DayMileageOut,
    DayTrainingLoadOut,
    DayTrimpOut,
    WeekMileageOut,
    WornShoeOut,
)
from fitness_pipeline.db import metrics_load, metrics_mileage
from fitness_pipeline.db.metrics_load import DayTrainingLoad, DayTrimp
from fitness_pipeline.db.metrics_mileage import DayMileage, Weekday, WeekMileage, WornShoe

router = APIRouter(prefix="/metrics", tags=["metrics"])

_MILEAGE_OF_DAYS = TypeAdapter(list[DayMileageOut])
_MILEAGE_OF_WEEKS = TypeAdapter(list[WeekMileageOut])
_WORN_SHOES = TypeAdapter(list[WornShoeOut])
_TRIMP_OF_DAYS = TypeAdapter(list[DayTrimpOut])
_LOAD_OF_DAYS = TypeAdapter(list[DayTrainingLoadOut])

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


@router.get(
    "/mileage/by-day", summary="Miles by day", response_model=list[DayMileageOut], responses=list_responses()
)
def list_mileage_by_day(
    connection: Connection, viewer: Viewer, period: ListedDays, part: AskedPart
) -> Response:
    """The miles of each day, up to today; 0 on days without a run."""
    days = metrics_mileage.mileage_by_day(period, conn=connection)
    return json_list(_MILEAGE_OF_DAYS, part.of(days, _date), part.response)


@router.get(
    "/mileage/by-week",
    summary="Miles by week",
    response_model=list[WeekMileageOut],
    responses=list_responses(),
)
def list_mileage_by_week(
    connection: Connection,
    viewer: Viewer,
    period: ListedDays,
    part: AskedPart,
    week_start: Annotated[Weekday, Query(description="The day that a week begins with.")] = "monday",
) -> Response:
    """The miles of each week with a day from `start` to `end`. The whole week counts, up to today."""
    weeks = metrics_mileage.mileage_by_week(period, week_start, conn=connection)
    return json_list(_MILEAGE_OF_WEEKS, part.of(weeks, _week), part.response)


@router.get(
    "/mileage/rolling-by-day",
    summary="Miles in a sliding window",
    response_model=list[DayMileageOut],
    responses=list_responses(),
)
def list_rolling_mileage_by_day(
    connection: Connection,
    viewer: Viewer,
    period: ListedDays,
    part: AskedPart,
    window: Annotated[int, Query(ge=1, le=MAX_DAYS, description="How many days it has.")] = 1,
) -> Response:
    """For each day the miles of the `window` days that end with it, those before `start` included."""
    days = metrics_mileage.mileage_by_day(period, window, conn=connection)
    return json_list(_MILEAGE_OF_DAYS, part.of(days, _date), part.response)


@router.get(
    "/mileage/by-shoe", summary="Miles by shoe", response_model=list[WornShoeOut], responses=list_responses()
)
def list_mileage_by_shoe(
    connection: Connection,
    viewer: Viewer,
    period: SummedDays,
    part: AskedPart,
    include_retired: Annotated[bool, Query(description="Whether retired shoes are in it.")] = False,
) -> Response:
    """The miles in each shoe that was worn, most first. Runs without a shoe are left out."""
    shoes = metrics_mileage.mileage_of_shoes(period, include_retired=include_retired, conn=connection)
    return json_list(_WORN_SHOES, part.of(shoes, _rank), part.response)


@router.get(
    "/trimp/by-day", summary="TRIMP by day", response_model=list[DayTrimpOut], responses=list_responses()
)
def list_trimp_by_day(
    connection: Connection,
    viewer: Viewer,
    period: ListedDays,
    part: AskedPart,
    max_hr: MaxHeartRate = 192,
    resting_hr: RestingHeartRate = 42,
    sex: GivenSex = "M",
) -> Response:
    """Banister's training impulse of each day, up to today; runs without a heart rate have none."""
    days = metrics_load.trimp_by_day(period, heart(max_hr, resting_hr, sex), conn=connection)
    return json_list(_TRIMP_OF_DAYS, part.of(days, _date), part.response)


@router.get(
    "/training-load/by-day",
    summary="Training load by day",
    response_model=list[DayTrainingLoadOut],
    responses=list_responses(),
)
def list_training_load_by_day(
    connection: Connection,
    viewer: Viewer,
    period: RequiredDays,
    part: AskedPart,
    max_hr: MaxHeartRate,
    resting_hr: RestingHeartRate,
    sex: GivenSex,
) -> Response:
    """Acute (7 days) and chronic (42 days) load and their balance at the end of each day, up to today."""
    days = metrics_load.training_load_by_day(period, heart(max_hr, resting_hr, sex), conn=connection)
    rows = ({"date": day.date, "training_load": day} for day in part.of(days, _date))
    return json_list(_LOAD_OF_DAYS, rows, part.response)


def _date(day: DayMileage | DayTrimp | DayTrainingLoad) -> tuple[str]:
    return (day.date.isoformat(),)


def _week(week: WeekMileage) -> tuple[str]:
    return (week.week_start.isoformat(),)


def _rank(worn: WornShoe) -> tuple[float, str]:
    return -worn.mileage, worn.shoe.name
