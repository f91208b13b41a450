"""Fixtures for tests of verifying and rebuilding."""

from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import Importer


@pytest.fixture
def take(scratch: AnyConnection, tmp_path: Path) -> Importer:
    """Takes exports all the way to runs."""
    return Importer(scratch, tmp_path)
