"""Programs are started with their output in a log, whose end can be shown."""

import os
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from fitness_pipeline.project import project_root
from fitness_pipeline.stack.services import Service, start, workspace_file


def finished(name: str, arguments: list[str], log_dir: Path) -> Service:
    service = start(name, arguments, {**os.environ, "GREETING": "hello"}, log_dir)
    service.process.wait()
    return service


def test_the_output_goes_to_a_log_of_the_services_name(tmp_path: Path) -> None:
    service = finished("Dagster's code server", ["this"], tmp_path / "logs")
    assert service.log == tmp_path / "logs" / "code_server.log"
    assert "The Zen of Python" in service.log.read_text()


def test_the_log_of_the_last_time_is_kept(tmp_path: Path) -> None:
    finished("daemon", ["this"], tmp_path)
    assert finished("daemon", ["platform"], tmp_path).log.read_text() != ""
    assert "The Zen of Python" in (tmp_path / "daemon.previous.log").read_text()
    assert "The Zen of Python" not in (tmp_path / "daemon.log").read_text()


def test_the_end_of_a_log_is_shown_without_colours(tmp_path: Path) -> None:
    service = finished("daemon", ["this"], tmp_path)
    service.log.write_bytes(b"first\nsecond\n\x1b[32mthird\x1b[0m \xff\n")
    assert service.end_of_log(2) == "\nsecond\nthird �"


def test_a_log_without_a_word_has_no_end_to_show(tmp_path: Path) -> None:
    service = finished("daemon", ["this"], tmp_path)
    service.log.write_text("")
    assert service.end_of_log() == ""


def test_the_code_server_is_known_by_the_name_that_workspace_yaml_gives(tmp_path: Path) -> None:
    path = workspace_file(tmp_path, Path("/tmp/it's here/socket"))  # noqa: S108
    (served,) = yaml.safe_load(path.read_text())["load_from"]
    (loaded,) = yaml.safe_load((project_root() / "workspace.yaml").read_text())["load_from"]
    assert served["grpc_server"]["location_name"] == loaded["python_module"]["location_name"]
    assert served["grpc_server"]["socket"] == "/tmp/it's here/socket"  # noqa: S108
