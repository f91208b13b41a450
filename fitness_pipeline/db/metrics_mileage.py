"""How far and how long was run in a period: in all, by day, by week, in a sliding window and by shoe.

Deleted runs count nowhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from psycopg import sql
from psycopg.rows import class_row, dict_row, scalar_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.metrics_period import MetricsPeriod
from fitness_pipeline.db.metrics_rows import fetch_metric
from fitness_pipeline.db.queries import composed, query
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.models import Shoe

Weekday = Literal["monday", "sunday"]

_A_WEEK = timedelta(days=7)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMileage:
    """Miles of a day, or of the window that ends with it."""

    date: date
    mileage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekMileage:
    """Miles of a week, by its first day."""

    week_start: date
    mileage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WornShoe:
    """Miles in a shoe."""

    shoe: Shoe
    mileage: float


def total_mileage(period: MetricsPeriod, *, conn: AnyConnection | None = None) -> float:
    """Return the miles of a period.

    Args:
        period: its days.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: they are more than a number can hold.
    """
    return _sum("distance", period, conn)


def total_seconds(period: MetricsPeriod, *, conn: AnyConnection | None = None) -> float:
    """Return the seconds that were run in a period.

    Args:
        period: its days.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: they are more than a number can hold.
    """
    return _sum("duration", period, conn)


def mileage_by_day(
    period: MetricsPeriod, window: int = 1, *, conn: AnyConnection | None = None
) -> list[DayMileage]:
    """Return the miles of each day of a period, those without a run included.

    Args:
        period: its days.
        window: how many days are added up for each: itself and those before it, which may lie before the
            period.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: they are more than a number can hold.
    """
    parameters = {**_days(period), "window": window}
    return fetch_metric(query("mileage_by_day"), parameters, class_row(DayMileage), conn)


def mileage_by_week(
    period: MetricsPeriod, week_start: Weekday = "monday", *, conn: AnyConnection | None = None
) -> list[WeekMileage]:
    """Return the miles of each week that has a day in a period, those without a run included.

    The whole week counts, its days before and after the period too, up to today.

    Args:
        period: its days.
        week_start: the day that a week begins with.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: they are more than a number can hold, or the first week begins before year 1.
    """
    if period.first is None or period.last < period.first:
        return []
    try:
        first = _beginning_of_week(period.first, week_start)
    except OverflowError:
        raise InvalidValue(f"The week of {period.first} begins before year 1. Begin later.") from None
    last = min(_beginning_of_week(period.last, week_start) + _A_WEEK - _A_DAY, period.today)
    parameters = {"first": first, "last": last, "time_zone": period.time_zone}
    return fetch_metric(query("mileage_by_week"), parameters, class_row(WeekMileage), conn)


def mileage_of_shoes(
    period: MetricsPeriod, *, include_retired: bool = False, conn: AnyConnection | None = None
) -> list[WornShoe]:
    """Return the miles in each shoe that was worn in a period, most first.

    Runs without a shoe, and in a deleted one, are left out.

    Args:
        period: its days.
        include_retired: whether retired shoes are in it.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: they are more than a number can hold.
    """
    parameters = {**_days(period), "include_retired": include_retired}
    rows = fetch_metric(query("mileage_of_shoes"), parameters, dict_row, conn)
    return [WornShoe(mileage=row.pop("mileage"), shoe=Shoe(**row)) for row in rows]


def _sum(column: str, period: MetricsPeriod, conn: AnyConnection | None) -> float:
    statement = composed("sum_of_runs", column=sql.Identifier(column))
    (total,) = fetch_metric(statement, _days(period), scalar_row, conn)
    return float(total)


def _days(period: MetricsPeriod) -> dict[str, Any]:
    return {"first": period.first, "last": period.last, "time_zone": period.time_zone}


def _beginning_of_week(day: date, week_start: Weekday) -> date:
    days_before = day.weekday() if week_start == "monday" else day.isoweekday() % 7
    return day - timedelta(days=days_before)
