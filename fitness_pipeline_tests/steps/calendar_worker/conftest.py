"""Fixtures for tests of the worker of the calendar."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs
from fitness_pipeline_tests.steps.calendar_fixtures import connection, sync
from fitness_pipeline_tests.steps.calendar_worker.five_runs import IDS

__all__ = ["connection", "sync"]


@pytest.fixture(autouse=True)
def five_runs(sync: CalendarSyncer, connection: AnyConnection) -> None:
    """Five runs that are not on the calendar yet."""
    add_runs(connection, len(IDS))
