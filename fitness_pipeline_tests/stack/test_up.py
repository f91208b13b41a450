"""The stack is started whole and ended whole, and the next start mends what a crash left behind."""

import signal
import socket
from pathlib import Path

import httpx
import psutil
import pytest

from fitness_pipeline.errors import FitnessPipelineError, ServerUnreachable
from fitness_pipeline.settings import load_settings
from fitness_pipeline.stack.address import Address
from fitness_pipeline.stack.leftovers import end_leftovers
from fitness_pipeline.stack.run import require_database
from fitness_pipeline.stack.signals import StopSignals
from fitness_pipeline.stack.supervisor import Supervisor
from fitness_pipeline_tests.stack.running import free_port, running


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, str]:
    """An environment with a fresh database and a data folder of its own."""
    return {"ENV": "test", "DATABASE_URL": database_url, "FITNESS_DATA_DIR": str(tmp_path / "data")}


def _command(process: psutil.Process) -> str:
    """The words that a process was started with; none when it has ended meanwhile."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def test_what_a_killed_up_left_is_ended_by_the_next_which_ends_with_its_daemon(
    settings: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    with running(settings, tmp_path / "first.txt", port) as first:
        first.wait_until_ready()
        assert httpx.get(f"{first.api_url}/health").json()["database"] == "ok"
        assert f"{first.api_url}/docs" in first.said
        first.end(signal.SIGKILL)
        assert len(first.living) >= 4

        with running(settings, tmp_path / "second.txt", port) as second:
            second.wait_until_ready()
            assert first.living == []
            assert "which was killed had left behind" in second.said

            (daemon,) = [member for member in second.look() if "dagster._daemon" in _command(member)]
            daemon.kill()
            assert second.end(None) == 2
            assert second.living == []
            assert "Dagster's daemon was killed by signal 9" in second.said
            assert "Traceback" not in second.said


def test_a_ctrl_c_while_it_starts_ends_what_was_started(settings: dict[str, str], tmp_path: Path) -> None:
    with running(settings, tmp_path / "output.txt") as up:
        up.wait_until(lambda: any("dagster api grpc" in _command(member) for member in up.look()))
        assert up.end(signal.SIGINT) == 0
        assert up.living == []
        assert "Dagster UI" not in up.said
        assert not (tmp_path / "data" / "dagster_home" / "test" / "up.processes.json").exists()


@pytest.mark.parametrize("option", ["--port", "--api-port"])
def test_a_port_in_use_is_refused_before_anything_is_started(
    settings: dict[str, str], tmp_path: Path, option: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with running(settings, tmp_path / "output.txt", options=[option, str(port)]) as up:
            assert up.end(None) == 2
            assert up.said.startswith(f"Not done. Port {port} on 127.0.0.1 is in use by another program.")
            assert f"`fitness-pipeline --env test up {option} {port + 1}`" in up.said


def test_the_api_is_not_opened_to_others_before_there_is_a_token(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with running(settings, tmp_path / "output.txt", options=["--api-host", "0.0.0.0"]) as up:  # noqa: S104
        assert up.end(None) == 2
        assert "fitness-pipeline --env test token mint" in up.said
        assert not (tmp_path / "data" / "dagster_home" / "test" / "logs").exists()


def test_the_ui_and_the_api_cannot_share_a_port(settings: dict[str, str], tmp_path: Path) -> None:
    with running(settings, tmp_path / "output.txt", options=["--port", "3005", "--api-port", "3005"]) as up:
        assert up.end(None) == 2
        assert "cannot both have port 3005" in up.said


def test_a_service_that_cannot_start_is_told_with_what_it_said_last(tmp_path: Path) -> None:
    nowhere = {"PYTHONHOME": str(tmp_path / "nowhere")}
    with (
        pytest.raises(FitnessPipelineError, match="Dagster's code server ended by itself") as failure,
        StopSignals() as signals,
        Supervisor(tmp_path, nowhere, signals) as supervisor,
    ):
        supervisor.start(Address("127.0.0.1", free_port()), Address("127.0.0.1", free_port()))
    assert str(tmp_path / "logs" / "code_server.log") in str(failure.value)
    assert "Fatal Python error" in str(failure.value)
    assert end_leftovers(tmp_path) == 0


def test_it_does_not_outlive_its_database(tmp_path: Path, data_dir: Path) -> None:
    settings = load_settings()
    with (
        pytest.raises(ServerUnreachable, match="Postgres was stopped, so Dagster was stopped, too"),
        StopSignals() as signals,
        Supervisor(tmp_path, {}, signals) as supervisor,
    ):
        supervisor.follow(lambda: require_database(settings))
