"""Fixtures for tests of what talks to the database."""

from fitness_pipeline_tests.scratch import scratch, scratch_session
from fitness_pipeline_tests.steps.accounts import accounts_session
from fitness_pipeline_tests.steps.calendar_fixtures import calendar_session

__all__ = ["accounts_session", "calendar_session", "scratch", "scratch_session"]
