"""How hard was run: TRIMP by day, and what it adds up to as acute and chronic training load.

TRIMP (training impulse) of a run is its minutes times r times k * e^(b * r), where r is the used part of the
heart rate reserve: (heart rate - resting) / (maximum - resting), at least 0 and at most 1. Runs without a
heart rate have none. The loads are exponentially weighted averages of the daily TRIMP, from 0 on before the
first run.

Sources: E. W. Banister, "Modeling elite athletic performance" (1991); R. H. Morton, J. R. Fitz-Clarke,
E. W. Banister, "Modeling human performance in running", Journal of Applied Physiology 69 (1990).
"""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from psycopg import sql
from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.metrics_period import MetricsPeriod
from fitness_pipeline.db.metrics_rows import fetch_metric
from fitness_pipeline.db.queries import composed, query
from fitness_pipeline.errors import InvalidValue

Sex = Literal["M", "F"]

ACUTE_DAYS, CHRONIC_DAYS = 7, 42

_WEIGHTS: dict[Sex, tuple[float, float]] = {"M": (0.64, 1.92), "F": (0.86, 1.67)}  # k and b

# Of what was run ten years ago, the chronic load has e^-87 left: nothing that could be told from 0.
_DAYS_REMEMBERED = 3653


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """Whose heart it is.

    Attributes:
        max_hr: the greatest heart rate, beats a minute.
        resting_hr: the heart rate at rest, beats a minute.
        sex: men and women have other weights.

    Raises:
        InvalidValue: the greatest heart rate is not above that at rest.
    """

    max_hr: float
    resting_hr: float
    sex: Sex

    def __post_init__(self) -> None:
        if not self.max_hr > self.resting_hr:
            raise InvalidValue(
                f"The maximum heart rate ({self.max_hr:g}) has to be above the resting one "
                f"({self.resting_hr:g}). Correct one of them."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTrimp:
    """TRIMP of a day."""

    date: date
    trimp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTrainingLoad:
    """Training load at the end of a day.

    Attributes:
        atl: acute, over some 7 days.
        ctl: chronic, over some 42 days.
        tsb: balance, chronic without acute.
        trimp: of this day.
    """

    date: date
    atl: float
    ctl: float
    tsb: float
    trimp: float


def trimp_by_day(period: MetricsPeriod, heart: Heart, *, conn: AnyConnection | None = None) -> list[DayTrimp]:
    """Return the TRIMP of each day of a period, those without a run included.

    Args:
        period: its days.
        heart: whose heart it is.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: it is more than a number can hold.
    """
    parameters = _parameters(period, heart, days_before=0)
    return fetch_metric(query("trimp_by_day"), parameters, class_row(DayTrimp), conn)


def training_load_by_day(
    period: MetricsPeriod, heart: Heart, *, conn: AnyConnection | None = None
) -> list[DayTrainingLoad]:
    """Return the training load of each day of a period; all runs before it count too.

    Args:
        period: its days.
        heart: whose heart it is.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: it is more than a number can hold.
    """
    statement = composed("training_load_by_day", trimp_by_day=sql.SQL(query("trimp_by_day").decode()))
    parameters = {
        **_parameters(period, heart, days_before=_DAYS_REMEMBERED),
        "acute": 1 - math.exp(-1 / ACUTE_DAYS),
        "chronic": 1 - math.exp(-1 / CHRONIC_DAYS),
    }
    return fetch_metric(statement, parameters, class_row(DayTrainingLoad), conn)


def _parameters(period: MetricsPeriod, heart: Heart, *, days_before: int) -> dict[str, Any]:
    k, b = _WEIGHTS[heart.sex]
    return {
        "first": period.first,
        "last": period.last,
        "time_zone": period.time_zone,
        "max_hr": float(heart.max_hr),
        "resting_hr": float(heart.resting_hr),
        "k": k,
        "b": b,
        "days_before": days_before,
    }
