"""The long-running programs: what each is started with, and where its output goes."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fitness_pipeline.project import project_root
from fitness_pipeline.stack.address import Address

# As in workspace.yaml: Dagster remembers the state of sensors by the name of the place they come from.
_LOCATION = "fitness_pipeline"
_DEFINITIONS = "fitness_pipeline.definitions"

_DAGSTERS = "Dagster's "
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True)
class Service:
    """A program that runs, and the file that its output goes to.

    Attributes:
        name: such as `Dagster's daemon`.
    """

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def end_of_log(self, lines: int = 15) -> str:
        """Return the last lines of its output, each on a line of its own; empty when there is none."""
        text = _COLOURS.sub("", self.log.read_text(encoding="utf-8", errors="replace"))
        return "".join(f"\n{line}" for line in text.splitlines()[-lines:])


def code_server(socket: Path) -> list[str]:
    """Return the arguments of what holds our definitions, evaluates sensors and starts run workers.

    Left to themselves, the webserver and the daemon each start one of their own, the daemon a new one every
    minute.

    Args:
        socket: where it is to answer.
    """
    options = ["--socket", str(socket), "--location-name", _LOCATION, "--module-name", _DEFINITIONS]
    return ["dagster", "api", "grpc", *options, "--log-level", "warning"]


def webserver(address: Address, workspace: Path) -> list[str]:
    """Return the arguments of the Dagster UI, which is guarded from other web pages.

    Args:
        address: where it is to answer.
        workspace: the file that says where the code server is.
    """
    options = ["--host", address.host, "--port", str(address.port), "--workspace", str(workspace)]
    return ["fitness_pipeline.stack.webserver", *options]


def daemon(workspace: Path) -> list[str]:
    """Return the arguments of what asks the sensors and launches the runs that wait in the queue.

    Args:
        workspace: the file that says where the code server is.
    """
    # At "info" every look of every sensor is a line, some megabytes a day. The UI shows them, too.
    return ["dagster._daemon", "run", "--log-level", "warning", "--workspace", str(workspace)]


def rest_api(address: Address) -> list[str]:
    """Return the arguments of the REST API.

    Args:
        address: where it is to answer.
    """
    return ["fitness_pipeline.cli.app", "api", "--host", address.host, "--port", str(address.port)]


def workspace_file(folder: Path, socket: Path) -> Path:
    """Write the file that tells the webserver and the daemon where the code server is.

    Args:
        folder: where to write it.
        socket: where the code server answers.

    Returns:
        Its path.
    """
    path = folder / "workspace.yaml"
    server = f"{{host: localhost, socket: {json.dumps(str(socket))}, location_name: {_LOCATION}}}"
    path.write_text(f"load_from:\n  - grpc_server: {server}\n", encoding="utf-8")
    return path


def start(name: str, arguments: list[str], environment: Mapping[str, str], log_dir: Path) -> Service:
    """Start a program, with the log of its last time kept beside the new one.

    Args:
        name: such as `Dagster's daemon`.
        arguments: a module, and what it is given.
        environment: all variables that it is to have.
        log_dir: the folder of its log, which is called `daemon.log` then; made when it is missing.
    """
    log_dir.mkdir(parents=True, exist_ok=True)
    log = log_dir / f"{name.removeprefix(_DAGSTERS).replace(' ', '_')}.log"
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=project_root(),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C reaches us alone; we end it in good order
        )
    return Service(name, process, log)
