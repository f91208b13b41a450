"""`fitness-pipeline sandbox`: prints what to export, serves, and stops on Ctrl-C."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fitness_pipeline.cli.sandbox import sandbox
from fitness_pipeline.errors import ConfigurationError, UnusableFile
from fitness_pipeline.sandbox.strava.server import StravaSandbox

_PROGRAM = "import typer; from fitness_pipeline.cli.sandbox import sandbox; typer.run(sandbox)"


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the command in a process of its own; yield it, and the variables that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, "--port", "0", "--hevy-port", "0", "--google-port", "0", *options],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout:
        printed = iter(process.stdout.readline, "# Serving until Ctrl-C.\n")
        exports = [line.removeprefix("export ").strip() for line in printed if line.startswith("export ")]
        try:
            yield process, dict(line.split("=", 1) for line in exports)
        finally:
            process.kill()


def first_page(environment: dict[str, str]) -> list[dict[str, object]]:
    form = {
        "client_id": environment["STRAVA_CLIENT_ID"],
        "client_secret": environment["STRAVA_CLIENT_SECRET"],
        "refresh_token": environment["STRAVA_REFRESH_TOKEN"],
        "grant_type": "refresh_token",
    }
    token = httpx.post(environment["STRAVA_TOKEN_URL"], data=form, timeout=10).json()["access_token"]
    url = f"{environment['STRAVA_API_URL']}/athlete/activities"
    page = httpx.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()
    return list(page)


def workout_count(environment: dict[str, str]) -> int:
    url = f"{environment['HEVY_API_URL']}/v1/workouts/count"
    reply = httpx.get(url, headers={"api-key": environment["HEVY_API_KEY"]}, timeout=10)
    return int(reply.json()["workout_count"])


def test_the_command_serves_an_athlete_and_a_lifter_until_ctrl_c() -> None:
    with serving() as (process, environment):
        assert len(first_page(environment)) == 30
        assert workout_count(environment) > 400
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert process.stdout.read() == "Stopped.\n"
        assert process.wait(10) == 0


def test_the_command_serves_recorded_activities(tmp_path: Path) -> None:
    rows = [{"id": 5, "sport_type": "Run", "start_date": "2025-03-10T14:07:30Z"}]
    path = tmp_path / "recorded.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    with serving("--strava-activities", str(path)) as (_, environment):
        assert first_page(environment) == rows


def test_a_port_in_use_is_said_so(sandbox_port: int) -> None:
    with pytest.raises(ConfigurationError, match=rf"Port {sandbox_port} cannot be used .* --port 0`"):
        sandbox(port=sandbox_port)


def test_a_port_in_use_for_hevy_is_said_so_and_strava_s_is_free_again(sandbox_port: int) -> None:
    before = threading.active_count()
    with pytest.raises(ConfigurationError, match=rf"Port {sandbox_port} cannot be used .* --hevy-port 0`"):
        sandbox(port=0, hevy_port=sandbox_port)
    assert threading.active_count() == before


def test_a_file_that_cannot_be_served_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be read"):
        sandbox(port=0, strava_activities=tmp_path / "nothing.json")


@pytest.fixture
def sandbox_port() -> Iterator[int]:
    """A port that is taken."""
    with StravaSandbox() as taken:
        yield int(taken.url.rsplit(":", 1)[1])
