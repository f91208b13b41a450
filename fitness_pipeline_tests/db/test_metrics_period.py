"""Which days metrics tell of."""

from datetime import UTC, date, datetime

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.metrics_load import Heart, training_load_by_day, trimp_by_day
from fitness_pipeline.db.metrics_mileage import (
    mileage_by_day,
    mileage_by_week,
    mileage_of_shoes,
    total_mileage,
    total_seconds,
)
from fitness_pipeline.db.metrics_period import MetricsPeriod, find_period
from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline_tests.builders import CHICAGO, create_runs, new_run

TODAY = date(2026, 4, 1)
HEART = Heart(max_hr=192, resting_hr=42, sex="M")


def assert_nothing_in(period: MetricsPeriod, connection: AnyConnection) -> None:
    assert period.days == 0
    assert total_mileage(period, conn=connection) == 0
    assert total_seconds(period, conn=connection) == 0
    assert mileage_by_day(period, 30, conn=connection) == []
    assert mileage_by_week(period, conn=connection) == []
    assert mileage_of_shoes(period, conn=connection) == []
    assert trimp_by_day(period, HEART, conn=connection) == []
    assert training_load_by_day(period, HEART, conn=connection) == []


def test_a_period_without_bounds_is_from_the_first_run_that_counts_to_today(scratch: AnyConnection) -> None:
    create_runs(
        scratch,
        new_run("mmf_1", datetime_utc=datetime(2025, 12, 30, 12, tzinfo=UTC)),
        new_run("mmf_2", datetime_utc=datetime(2026, 1, 1, 3, tzinfo=UTC)),  # New Year's Eve in Chicago
        new_run("mmf_3", datetime_utc=datetime(2026, 2, 1, 12, tzinfo=UTC)),
    )
    db.runs_history.soft_delete_run("mmf_1", "runner", conn=scratch)
    period = find_period(None, None, CHICAGO, today=TODAY, conn=scratch)
    assert period == MetricsPeriod(first=date(2025, 12, 31), last=TODAY, today=TODAY, time_zone=CHICAGO)
    assert find_period(None, None, "UTC", today=TODAY, conn=scratch).first == date(2026, 1, 1)


def test_no_day_after_today_is_in_a_period(scratch: AnyConnection) -> None:
    period = find_period(date(2026, 3, 31), date.max, "UTC", today=TODAY, conn=scratch)
    assert (period.last, period.days) == (TODAY, 2)


def test_there_is_nothing_without_a_run_to_begin_with(scratch: AnyConnection) -> None:
    assert_nothing_in(find_period(None, None, "UTC", today=TODAY, conn=scratch), scratch)


def test_there_is_nothing_in_days_to_come(scratch: AnyConnection) -> None:
    create_runs(scratch, new_run(datetime_utc=datetime(2026, 4, 2, 12, tzinfo=UTC), avg_heart_rate=150))
    tomorrow = date(2026, 4, 2)  # of the same week as today
    assert_nothing_in(find_period(tomorrow, None, "UTC", today=TODAY, conn=scratch), scratch)
    assert_nothing_in(find_period(tomorrow, date.max, "UTC", today=TODAY, conn=scratch), scratch)


def test_days_of_a_zone_that_there_is_not_are_refused(scratch: AnyConnection) -> None:
    with pytest.raises(UnknownTimeZone):
        find_period(None, None, "Mars/Olympus", today=TODAY, conn=scratch)
