"""The real `fitness-pipeline up` in a process of its own, and waiting for what it does."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from fitness_pipeline_tests.stack.conftest import is_gone

# Several Dagster processes start; a busy machine with two cores takes its time.
PATIENCE_SECONDS = 120.0


def eventually(condition: Callable[[], object], what: Callable[[], object]) -> None:
    """Wait until a condition holds; fail with what there is instead when it does not in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class Up:
    """A running `up`.

    Attributes:
        url: of the Dagster UI.
        api_url: of the REST API.
        members: every process of it that was ever seen.
    """

    def __init__(self, environment: dict[str, str], port: int, output: Path, options: Sequence[str]) -> None:
        api_port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.api_url = f"http://127.0.0.1:{api_port}"
        self.members: set[psutil.Process] = set()
        self._output = output
        inherited = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        with output.open("wb") as file:
            self._popen = subprocess.Popen(
                [
                    *(sys.executable, "-m", "fitness_pipeline.cli.app", "up", "--port", str(port)),
                    *("--api-port", str(api_port), *options),
                ],
                env={**inherited, **environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.process = psutil.Process(self._popen.pid)

    @property
    def said(self) -> str:
        """What it has printed."""
        return self._output.read_text()

    def look(self) -> set[psutil.Process]:
        """Find its processes, and return those that were ever seen."""
        if not is_gone(self.process):
            self.members.update(
                child for child in self.process.children(recursive=True) if child.name() != "postgres"
            )
        return self.members

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait for something that it does."""

        def holds() -> object:
            self.look()
            assert self._popen.poll() is None, self.said
            return condition()

        eventually(holds, lambda: self.said)

    def wait_until_ready(self) -> None:
        """Wait until it says how to stop it."""
        self.wait_until(lambda: "Ctrl-C" in self.said)

    def end(self, number: signal.Signals | None) -> int:
        """Send a signal, or none, and wait for its end; return its exit code."""
        self.look()
        if number is not None:
            self._popen.send_signal(number)
        return self._popen.wait(PATIENCE_SECONDS)

    @property
    def living(self) -> list[str]:
        """The command lines of its processes that still run."""
        return [" ".join(member.cmdline()) for member in self.members if not is_gone(member)]


@contextmanager
def running(
    environment: dict[str, str], output: Path, port: int | None = None, options: Sequence[str] = ()
) -> Iterator[Up]:
    """Run `up`, and leave no process of it behind, even when a test fails."""
    up = Up(environment, port or free_port(), output, options)
    try:
        yield up
    finally:
        for member in (up.process, *up.look()):
            if not is_gone(member):
                member.kill()
        up.end(None)
