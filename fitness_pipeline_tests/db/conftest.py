"""Fixtures for tests of what talks to the database."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.calendar_sync import add_runs
from fitness_pipeline_tests.scratch import scratch, scratch_session

__all__ = ["scratch", "scratch_session"]


@pytest.fixture
def three_runs(scratch: AnyConnection) -> AnyConnection:
    """A database with `strava_1` to `strava_3`."""
    add_runs(scratch, 3)
    return scratch
