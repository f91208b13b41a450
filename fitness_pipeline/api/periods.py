"""`start`, `end` and `user_timezone`: which local days something is asked of."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from fitness_pipeline.api.fields import Day, TimeZone


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRequest:
    """Days of a time zone.

    Attributes:
        start: the first one; None for no beginning.
        end: the last one, which is in it; None for no end.
        time_zone: the IANA zone whose days these are.
    """

    start: date | None
    end: date | None
    time_zone: str


async def _period(
    start: Annotated[Day | None, Query(description="The first day.", examples=["2026-03-01"])] = None,
    end: Annotated[
        Day | None, Query(description="The last day, which is in it.", examples=["2026-03-31"])
    ] = None,
    user_timezone: Annotated[
        TimeZone,
        Query(description="The IANA time zone whose days these are.", examples=["Europe/Berlin"]),
    ] = "UTC",
) -> PeriodRequest:
    return PeriodRequest(start=start, end=end, time_zone=user_timezone)


Period = Annotated[PeriodRequest, Depends(_period)]
"""The days that a request names."""
