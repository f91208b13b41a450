"""All metrics of random runs in random zones, compared with plain Python."""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.metrics_load import Heart, training_load_by_day, trimp_by_day
from fitness_pipeline.db.metrics_mileage import (
    Weekday,
    mileage_by_day,
    mileage_by_week,
    mileage_of_shoes,
    total_mileage,
    total_seconds,
)
from fitness_pipeline.db.metrics_period import MetricsPeriod
from fitness_pipeline.models import NewRun
from fitness_pipeline_tests.builders import create_runs, new_run

# East and west, half hours, clocks that change at midnight, a day that was left out.
ZONES = (
    "UTC",
    "America/Chicago",
    "America/Havana",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
A_DAY = timedelta(days=1)

# Around New Year with Samoa's jump over the date line, and changes of the clock both ways.
AROUND = st.sampled_from([date(2012, 1, 1), date(2018, 11, 4), date(2019, 3, 31), date(2019, 10, 6)])
PERIODS = st.builds(
    lambda around, before, length, until_today, zone: MetricsPeriod(
        first=around - before * A_DAY,
        last=around + (length - before) * A_DAY,
        today=around + (length - before + until_today) * A_DAY,
        time_zone=zone,
    ),
    AROUND,
    st.integers(0, 20),
    st.integers(-1, 40),
    st.integers(0, 8),
    st.sampled_from(ZONES),
)
DECIMALS = st.integers(0, 3_000).map(lambda hundredths: hundredths / 100)
MIDNIGHTS = (0, 1, 86_399, 86_399.999999)
Story = tuple[MetricsPeriod, list[NewRun]]


def runs_around(period: MetricsPeriod) -> st.SearchStrategy[Story]:
    """Some days and runs of them, many of which begin at an end of the period, or of a day."""
    assert period.first is not None
    midnight = datetime.combine(period.first, time(), ZoneInfo(period.time_zone))
    days = st.sampled_from([-1, 0, period.days - 1, period.days]) | st.integers(-60, period.days + 14)
    seconds = st.sampled_from(MIDNIGHTS) | st.integers(0, 86_399)
    run = st.builds(
        new_run,
        datetime_utc=st.builds(
            lambda day, second: (midnight + timedelta(days=day, seconds=second)).astimezone(UTC),
            days,
            seconds,
        ),
        distance=DECIMALS,
        duration=DECIMALS.map(lambda minutes: minutes * 60),
        avg_heart_rate=st.none() | st.integers(20, 250).map(float),
        shoe_id=st.sampled_from([None, "a", "b"]),
    )
    runs = st.lists(run, max_size=12).map(
        lambda runs: [replace(run, id=f"mmf_{number}") for number, run in enumerate(runs)]
    )
    return st.tuples(st.just(period), runs)


HEARTS = st.builds(
    Heart,
    max_hr=st.floats(150, 220),
    resting_hr=st.floats(30, 100),
    sex=st.sampled_from(["M", "F"]),
)


def by_day(runs: list[NewRun], zone: str, value: Callable[[NewRun], Fraction]) -> dict[date, Fraction]:
    """Sums of the days on which somebody ran."""
    sums: dict[date, Fraction] = defaultdict(Fraction)
    for run in runs:
        sums[run.datetime_utc.astimezone(ZoneInfo(zone)).date()] += value(run)
    return sums


def decimal(value: float) -> Fraction:
    """What a number was written as."""
    return Fraction(repr(value))


def trimp(run: NewRun, heart: Heart) -> Fraction:
    if run.avg_heart_rate is None:
        return Fraction()
    reserve = (run.avg_heart_rate - heart.resting_hr) / (heart.max_hr - heart.resting_hr)
    reserve = min(max(reserve, 0.0), 1.0)
    weight = 0.64 * math.exp(1.92 * reserve) if heart.sex == "M" else 0.86 * math.exp(1.67 * reserve)
    return Fraction(run.duration / 60 * reserve * weight)


def days_of(period: MetricsPeriod) -> list[date]:
    assert period.first is not None
    return [period.first + number * A_DAY for number in range(period.days)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    story=PERIODS.flatmap(runs_around),
    deleted=st.sets(st.integers(0, 11), max_size=3),
    window=st.integers(1, 50),
    week_start=st.sampled_from(["monday", "sunday"]),
    heart=HEARTS,
)
def test_every_metric_is_that_of_the_reference(
    scratch: AnyConnection,
    story: Story,
    deleted: set[int],
    window: int,
    week_start: Weekday,
    heart: Heart,
) -> None:
    period, runs = story
    counted = [run for number, run in enumerate(runs) if number not in deleted]
    miles = by_day(counted, period.time_zone, lambda run: decimal(run.distance))
    trimps = by_day(counted, period.time_zone, lambda run: trimp(run, heart))
    days = days_of(period)
    with scratch.transaction(force_rollback=True):
        db.shoes.bulk_create_shoes_by_names(["a", "b"], conn=scratch)
        create_runs(scratch, *runs)
        scratch.execute(
            "update runs set deleted_at = now() where id = any(%s)", [[f"mmf_{number}" for number in deleted]]
        )
        assert_mileage_as_expected(scratch, period, days, miles, window)
        assert_weeks_as_expected(scratch, period, days, miles, week_start)
        assert_shoes_as_expected(scratch, period, days, counted)
        assert total_seconds(period, conn=scratch) == pytest.approx(
            float(sum(run.duration for run in counted if local_day(run, period) in days))
        )
        assert_load_as_expected(scratch, period, heart, trimps)


def local_day(run: NewRun, period: MetricsPeriod) -> date:
    return run.datetime_utc.astimezone(ZoneInfo(period.time_zone)).date()


def assert_mileage_as_expected(
    connection: AnyConnection,
    period: MetricsPeriod,
    days: list[date],
    miles: dict[date, Fraction],
    window: int,
) -> None:
    found = mileage_by_day(period, conn=connection)
    assert [(day.date, day.mileage) for day in found] == [(day, float(miles.get(day, 0))) for day in days]
    assert mileage_by_day(period, 1, conn=connection) == found
    rolling = mileage_by_day(period, window, conn=connection)
    assert [(day.date, day.mileage) for day in rolling] == [
        (day, float(sum(miles.get(day - number * A_DAY, Fraction()) for number in range(window))))
        for day in days
    ]
    total = total_mileage(period, conn=connection)
    assert total == float(sum(decimal(day.mileage) for day in found))


def assert_weeks_as_expected(
    connection: AnyConnection,
    period: MetricsPeriod,
    days: list[date],
    miles: dict[date, Fraction],
    week_start: Weekday,
) -> None:
    begins_on = 0 if week_start == "monday" else 6
    expected: dict[date, Fraction] = {}
    for day in days:
        begins = next(
            before for number in range(7) if (before := day - number * A_DAY).weekday() == begins_on
        )
        whole = [begins + number * A_DAY for number in range(7)]
        expected[begins] = sum(
            (miles.get(day, Fraction()) for day in whole if day <= period.today), Fraction()
        )
    found = mileage_by_week(period, week_start, conn=connection)
    assert [(week.week_start, week.mileage) for week in found] == [
        (begins, float(sum_)) for begins, sum_ in expected.items()
    ]
    if found:
        whole_weeks = replace(
            period, first=found[0].week_start, last=min(found[-1].week_start + 6 * A_DAY, period.today)
        )
        total = total_mileage(whole_weeks, conn=connection)
        assert total == float(sum(decimal(week.mileage) for week in found))


def assert_shoes_as_expected(
    connection: AnyConnection, period: MetricsPeriod, days: list[date], runs: list[NewRun]
) -> None:
    expected: dict[str, Fraction] = defaultdict(Fraction)
    for run in runs:
        if run.shoe_id is not None and local_day(run, period) in days:
            expected[run.shoe_id] += decimal(run.distance)
    found = mileage_of_shoes(period, conn=connection)
    assert [(worn.shoe.id, worn.mileage) for worn in found] == [
        (id, float(miles)) for id, miles in sorted(expected.items(), key=lambda item: (-item[1], item[0]))
    ]


def assert_load_as_expected(
    connection: AnyConnection,
    period: MetricsPeriod,
    heart: Heart,
    trimps: dict[date, Fraction],
) -> None:
    acute, chronic = 1 - math.exp(-1 / 7), 1 - math.exp(-1 / 42)
    atl = ctl = 0.0
    expected = {}
    day = min(trimps, default=period.last)
    while day <= period.last:
        today = float(trimps.get(day, 0))
        atl, ctl = atl + acute * (today - atl), ctl + chronic * (today - ctl)
        expected[day] = (today, atl, ctl, ctl - atl)
        day += A_DAY
    days = days_of(period)
    nothing = (0.0, 0.0, 0.0, 0.0)
    loads = training_load_by_day(period, heart, conn=connection)
    assert [load.date for load in loads] == days
    for load in loads:
        assert (load.trimp, load.atl, load.ctl, load.tsb) == pytest.approx(
            expected.get(load.date, nothing), rel=1e-9, abs=1e-9
        )
    alone = trimp_by_day(period, heart, conn=connection)
    assert [(day.date, day.trimp) for day in alone] == [(load.date, load.trimp) for load in loads]
