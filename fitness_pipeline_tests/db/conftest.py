"""Fixtures for tests of what talks to the database."""

from fitness_pipeline_tests.scratch import scratch, scratch_session

__all__ = ["scratch", "scratch_session"]
