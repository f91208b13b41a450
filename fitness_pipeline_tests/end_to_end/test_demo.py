"""The demo, as a newcomer runs it: on an embedded server that it starts itself."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fitness_pipeline.db import embedded


@pytest.fixture
def home() -> Iterator[dict[str, str]]:
    """An environment with a data folder of its own, and nothing else set."""
    # Not tmp_path: its parents are closed to the user whom the server runs as when the tests run as root.
    with tempfile.TemporaryDirectory(prefix="fitness-demo-") as folder:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        yield {**inherited, "FITNESS_DATA_DIR": folder, "DATABASE_URL": "postgresql://somebody@nowhere/else"}
        embedded.stop(Path(folder) / "postgres")


def test_the_demo_shows_the_journey_and_a_second_one_changes_nothing(home: dict[str, str]) -> None:
    first = _demo(home)
    assert "Feb. 30, 2025" in first
    assert "Miles by year" in first
    assert "Miles by shoe" in first
    assert "fitness_demo?host=" in first
    assert "stand-ins on this machine play Strava, Hevy and Google Calendar" in first
    assert "On the calendar: " in first
    assert "Hoka" in first
    assert "Nothing has changed." not in first

    again = _demo(home)
    assert again.count("Nothing has changed.") == 5
    assert again[again.index("Miles by year") :] == first[first.index("Miles by year") :]


def _demo(home: dict[str, str]) -> str:
    command = [sys.executable, "-m", "fitness_pipeline.cli.app", "demo"]
    return subprocess.run(command, env=home, check=True, capture_output=True, text=True).stdout
