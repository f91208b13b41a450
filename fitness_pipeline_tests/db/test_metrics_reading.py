"""A metric reads the runs of its days and no others, however many there are."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import scalar_row

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
from fitness_pipeline_tests.builders import CHICAGO

TODAY = date(2026, 1, 1)
HEART = Heart(max_hr=192, resting_hr=42, sex="M")

METRICS: tuple[Callable[[MetricsPeriod, AnyConnection], object], ...] = (
    lambda period, connection: total_mileage(period, conn=connection),
    lambda period, connection: total_seconds(period, conn=connection),
    lambda period, connection: mileage_by_day(period, conn=connection),
    lambda period, connection: mileage_by_day(period, 30, conn=connection),
    lambda period, connection: mileage_by_week(period, conn=connection),
    lambda period, connection: mileage_of_shoes(period, conn=connection),
    lambda period, connection: trimp_by_day(period, HEART, conn=connection),
    lambda period, connection: training_load_by_day(period, HEART, conn=connection),
)


@pytest.fixture
def many_runs(scratch: AnyConnection) -> AnyConnection:
    """Runs of sixty years, in some shoes."""
    scratch.execute("insert into shoes (id, name) select shoe, shoe from generate_series(0, 19) as shoe")
    scratch.execute(
        """
        insert into runs (id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id)
        select 'mmf_' || number, timestamptz '1966-01-01 06:00+00' + number * interval '526 minutes',
               'Outdoor Run', 5, 2400, 'MapMyFitness', 150, number % 20
        from generate_series(0, 59999) as number
        """
    )
    scratch.execute("analyze runs")
    # Of so few runs the ten years that a training load rests on may be read quicker from end to end.
    scratch.execute("set local enable_seqscan = off")
    return scratch


def as_sql(statement: Any) -> sql.SQL:
    return sql.SQL(statement.decode() if isinstance(statement, bytes) else statement)


@pytest.fixture
def plans(many_runs: AnyConnection, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How each statement is going to be executed, noted just before it is."""
    noted: list[str] = []

    class ExplainingCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> "ExplainingCursor":
            explain = sql.SQL("explain {}").format(
                query if isinstance(query, sql.Composed) else as_sql(query)
            )
            with psycopg.Cursor(self.connection, row_factory=scalar_row) as cursor:
                noted.append("\n".join(cursor.execute(explain, params)))
            return super().execute(query, params, **options)

    monkeypatch.setattr(many_runs, "cursor_factory", ExplainingCursor)
    return noted


def test_a_month_among_many_is_read_by_its_time(many_runs: AnyConnection, plans: list[str]) -> None:
    period = find_period(date(2016, 3, 1), date(2016, 3, 31), CHICAGO, today=TODAY, conn=many_runs)
    for metric in METRICS:
        metric(period, many_runs)
    of_runs = [plan for plan in plans if "runs" in plan]
    assert len(of_runs) == 1 + len(METRICS)
    for plan in of_runs:
        assert "runs_by_time" in plan
        assert re.search(r"Index Cond: \(+datetime_utc >= ", plan)
        assert "Seq Scan on runs" not in plan
