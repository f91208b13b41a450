"""Fixtures for tests of syncing the calendar."""

from fitness_pipeline_tests.steps.calendar_fixtures import connection, sync

__all__ = ["connection", "sync"]
