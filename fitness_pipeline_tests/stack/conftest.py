"""Small real processes to watch and to end."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest

Spawn = Callable[[str], "Program"]


class Program:
    """A Python program that runs until it is ended, and what it said first."""

    def __init__(self, code: str) -> None:
        self.popen = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert self.popen.stdout is not None
        self.first_line = self.popen.stdout.readline().strip()
        self.process = psutil.Process(self.popen.pid)
        self.children = self.process.children(recursive=True)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def close(self) -> None:
        """End it, whatever it is like."""
        for process in (*self.children, self.process):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.popen.wait()
        if self.popen.stdout is not None:
            self.popen.stdout.close()


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """A function that starts a program, which says a line when it is ready."""
    programs = []

    def start(code: str) -> Program:
        programs.append(Program(code))
        return programs[-1]

    yield start
    for program in programs:
        program.close()


def is_gone(process: psutil.Process) -> bool:
    """Whether a process runs no more; a zombie does not."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
