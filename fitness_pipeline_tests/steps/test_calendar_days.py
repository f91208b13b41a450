"""Events of runs of which only the day is known, where their file came with a zone of its own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.steps.plan_calendar import CalendarPlan
from fitness_pipeline_tests.builders import Importer, Workout
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, connected

MAY = date(2025, 5, 1)
AUCKLAND = "Pacific/Auckland"


@pytest.fixture
def sync(
    connection: AnyConnection, data_dir: Path, environment: pytest.MonkeyPatch
) -> Iterator[CalendarSyncer]:
    """Syncs to a Google Calendar that was just connected, of a runner whose days are those of Chicago."""
    with connected(environment) as syncer:
        yield syncer


@pytest.fixture
def bring(connection: AnyConnection, tmp_path: Path) -> Importer:
    """Makes runs of rows."""
    return Importer(connection, tmp_path)


def test_a_day_is_that_of_the_zone_that_came_with_it(sync: CalendarSyncer, bring: Importer) -> None:
    bring(Workout(day="2025-05-06"), time_zone=AUCKLAND)
    bring(Workout(id=2, day="2025-05-06"))
    sync(since=MAY)
    assert [sync.event(run_id)["start"] for run_id in ("mmf_1", "mmf_2")] == [{"date": "2025-05-06"}] * 2
    assert sync.preview() == CalendarPlan()


def test_a_start_that_the_runner_told_is_no_day_though_it_is_noon_in_chicago(
    sync: CalendarSyncer, bring: Importer, connection: AnyConnection
) -> None:
    bring(Workout(day="2025-05-06"), time_zone=AUCKLAND)
    noon = datetime(2025, 5, 6, 17, tzinfo=UTC)
    update_run_with_history("mmf_1", {"datetime_utc": noon}, "Ada", conn=connection)
    sync(since=MAY)
    assert sync.event("mmf_1")["start"]["dateTime"] == "2025-05-06T12:00:00-05:00"
