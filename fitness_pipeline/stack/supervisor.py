"""Starts the stack, follows it and ends it: all of it, whatever happens."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from fitness_pipeline.errors import FitnessPipelineError
from fitness_pipeline.stack import services
from fitness_pipeline.stack.address import Address
from fitness_pipeline.stack.answers import answers_on_socket, answers_on_web
from fitness_pipeline.stack.family import Family
from fitness_pipeline.stack.leftovers import Record
from fitness_pipeline.stack.signals import StopSignals

_START_PATIENCE_SECONDS = 180.0
_LOOK_SECONDS = 0.25
_CENSUS_SECONDS = 2.0  # finding descendants reads the table of all processes


class Supervisor:
    """Dagster's services and the REST API as one: started in order, ended together.

    A context manager: leaving it ends them, whatever the reason.
    """

    def __init__(self, dagster_home: Path, environment: Mapping[str, str], signals: StopSignals) -> None:
        """Note where and how; nothing is started yet."""
        self.log_dir = dagster_home / "logs"
        self._environment = environment
        self._signals = signals
        self._record = Record(dagster_home)
        self._family = Family()
        self._services: list[services.Service] = []
        self._folder = tempfile.TemporaryDirectory(prefix="fitness-pipeline-")

    def __enter__(self) -> Self:
        """Begin to be responsible."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every process, to the last one."""
        self._family.end(is_hurried=lambda: self._signals.is_repeated)
        self._record.forget()
        self._folder.cleanup()

    def start(self, ui: Address, api: Address) -> bool:
        """Start the services.

        Args:
            ui: where the Dagster UI is to answer.
            api: where the REST API is to answer.

        Returns:
            Whether both answer; if not, somebody has asked to stop meanwhile.

        Raises:
            FitnessPipelineError: one of them ended by itself, or does not answer.
        """
        # Not in the Dagster home, whose path may be too long for a socket.
        folder = Path(self._folder.name)
        socket = folder / "code_server.sock"
        self._start("Dagster's code server", services.code_server(socket))
        if not self._wait_until(lambda: answers_on_socket(socket)):
            return False
        workspace = services.workspace_file(folder, socket)
        self._start("Dagster's daemon", services.daemon(workspace))
        self._start("the REST API", services.rest_api(api))
        self._start("Dagster's webserver", services.webserver(ui, workspace))
        return self._wait_until(lambda: answers_on_web(f"{ui.url}/server_info")) and self._wait_until(
            lambda: answers_on_web(f"{api.on_this_machine.url}/health")
        )

    def follow(self, require_database: Callable[[], None]) -> None:
        """Stay until somebody asks to stop.

        Args:
            require_database: raises when the database has gone.

        Raises:
            FitnessPipelineError: a service ended by itself, or the database has gone.
        """
        next_census = 0.0
        while not self._signals.is_stop_requested:
            self._require_running()
            if time.monotonic() > next_census:
                require_database()
                self._record.keep(self._family)
                next_census = time.monotonic() + _CENSUS_SECONDS
            time.sleep(_LOOK_SECONDS)

    def _start(self, name: str, arguments: list[str]) -> None:
        service = services.start(name, arguments, self._environment, self.log_dir)
        self._services.append(service)
        self._family.add(service.process.pid)
        self._record.keep(self._family)

    def _wait_until(self, is_ready: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + _START_PATIENCE_SECONDS
        while not self._signals.is_stop_requested:
            self._require_running()
            if is_ready():
                return True
            if time.monotonic() > deadline:
                last = self._services[-1]
                raise FitnessPipelineError(
                    f"{_capitalized(last.name)} does not answer after {_START_PATIENCE_SECONDS:.0f} s. Look "
                    f"at its log ({last.log}), then try again.{last.end_of_log()}"
                )
            time.sleep(_LOOK_SECONDS)
        return False

    def _require_running(self) -> None:
        for service in self._services:
            code = service.process.poll()
            if code is None:
                continue
            how = f"ended by itself with exit code {code}" if code >= 0 else f"was killed by signal {-code}"
            raise FitnessPipelineError(
                f"{_capitalized(service.name)} {how}, so the rest was stopped, too. Put right what its log "
                f"says ({service.log}), then start `fitness-pipeline up` again.{service.end_of_log()}"
            )


def _capitalized(name: str) -> str:
    return name[0].upper() + name[1:]
