"""Which days a metric is asked of, and whose heart runs: from a request to what `db` takes."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Query

from fitness_pipeline.api.fields import Day, TimeZone
from fitness_pipeline.api.periods import Period
from fitness_pipeline.api.pool import Connection
from fitness_pipeline.api.problems import Unprocessable
from fitness_pipeline.db.metrics_load import Heart, Sex
from fitness_pipeline.db.metrics_period import MetricsPeriod, find_period
from fitness_pipeline.errors import InvalidValue, UnknownTimeZone

MAX_DAYS = 36_525
"""A hundred years: as many as are listed one by one."""

MaxHeartRate = Annotated[
    float, Query(ge=1, le=300, allow_inf_nan=False, description="The greatest heart rate, beats a minute.")
]
RestingHeartRate = Annotated[
    float, Query(ge=1, le=300, allow_inf_nan=False, description="The heart rate at rest, beats a minute.")
]
GivenSex = Annotated[Sex, Query(description="Men and women have other weights.")]


def _period(period: Period, connection: Connection) -> MetricsPeriod:
    return _found(period.start, period.end, period.time_zone, connection)


def _listed(period: Annotated[MetricsPeriod, Depends(_period)]) -> MetricsPeriod:
    return _short_enough(period)


def _required(
    start: Annotated[Day, Query(description="The first day.", examples=["2026-03-01"])],
    end: Annotated[Day, Query(description="The last day, which is in it.", examples=["2026-03-31"])],
    connection: Connection,
    user_timezone: Annotated[
        TimeZone, Query(description="The IANA time zone whose days these are.", examples=["Europe/Berlin"])
    ] = "UTC",
) -> MetricsPeriod:
    return _short_enough(_found(start, end, user_timezone, connection))


SummedDays = Annotated[MetricsPeriod, Depends(_period)]
"""Days that become one number; from the first run to today where nothing is said."""

ListedDays = Annotated[MetricsPeriod, Depends(_listed)]
"""Days that are listed one by one; from the first run to today where nothing is said."""

RequiredDays = Annotated[MetricsPeriod, Depends(_required)]
"""Days that are listed one by one, and that have to be named."""


def heart(max_hr: float, resting_hr: float, sex: Sex) -> Heart:
    """Return whose heart it is.

    Args:
        max_hr: the greatest heart rate, beats a minute.
        resting_hr: the heart rate at rest, beats a minute.
        sex: men and women have other weights.

    Raises:
        Unprocessable: the greatest heart rate is not above that at rest.
    """
    try:
        return Heart(max_hr=max_hr, resting_hr=resting_hr, sex=sex)
    except InvalidValue as error:
        raise Unprocessable(("query", "max_hr"), str(error), max_hr) from None


def _found(start: date | None, end: date | None, time_zone: str, connection: Connection) -> MetricsPeriod:
    if start is not None and end is not None and end < start:
        raise Unprocessable(
            ("query", "start"), f"It is after `end` ({end}). Exchange them.", start.isoformat()
        )
    today = datetime.now(ZoneInfo(time_zone)).date()
    try:
        return find_period(start, end, time_zone, today=today, conn=connection)
    except UnknownTimeZone as error:
        raise Unprocessable(("query", "user_timezone"), str(error), time_zone) from None


def _short_enough(period: MetricsPeriod) -> MetricsPeriod:
    if period.days > MAX_DAYS:
        raise Unprocessable(
            ("query", "start"),
            f"From {period.first} to {period.last} are {period.days:,} days, of which {MAX_DAYS:,} at most "
            "(a hundred years) can be listed. Begin later.",
            str(period.first),
        )
    return period
