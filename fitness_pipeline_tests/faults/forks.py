"""Syncs in processes of their own, forked from one that has loaded everything, so that they can be killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import IO, Any, Literal

import httpx
import psycopg

from fitness_pipeline.db.exercise_templates import write_exercise_templates
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.provision import ready_database_url
from fitness_pipeline.db.shoe_retirements import mirror_retirements
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.normalize_hevy import normalize_hevy
from fitness_pipeline.steps.read_hevy import read_hevy
from fitness_pipeline.steps.read_hevy_templates import read_hevy_templates
from fitness_pipeline.steps.read_strava_activities import read_strava_activities
from fitness_pipeline.steps.read_strava_gear import read_strava_gear
from fitness_pipeline.steps.strava_plan import ReadRequest
from fitness_pipeline.steps.strava_session import open_strava_api
from fitness_pipeline_tests.faults.calendar_syncs import sync_or_die

Provider = Literal["calendar", "hevy", "strava"]

_STATEMENTS = {psycopg.Cursor.execute.__code__, psycopg.Transaction.__exit__.__code__}


class Forks:
    """Starts syncs and waits for their end.

    Args:
        orders: to the process that forks.
        answers: from it.
    """

    def __init__(self, orders: IO[str], answers: IO[str]) -> None:
        self._orders = orders
        self._answers = answers

    def start(
        self, provider: Provider, now: datetime, *, dies_after: int | None = None, **wanted: int
    ) -> int:
        """Start a sync in this process's environment.

        Args:
            provider: whom to read.
            now: what its clock shows.
            **wanted: what to read, such as `is_full`.
            dies_after: after so many statements, as Python sees them, it kills itself, as `kill -9` does.

        Returns:
            Its process id.
        """
        order = {
            "environment": dict(os.environ),
            "provider": provider,
            "now": now.isoformat(),
            "wanted": wanted,
            "dies_after": dies_after,
        }
        return int(self._ask(order))

    def wait(self, pid: int) -> tuple[int, int]:
        """Wait for the end of a sync; return how it ended, and after how many statements."""
        ended: tuple[int, int] = tuple(self._ask({"wait": pid}))
        return ended

    def _ask(self, order: dict[str, Any]) -> Any:
        self._orders.write(f"{json.dumps(order)}\n")
        self._orders.flush()
        return json.loads(self._answers.readline())


@contextmanager
def forking() -> Iterator[Forks]:
    """Start the process that forks, and end it with all its children."""
    command = [sys.executable, "-m", "fitness_pipeline_tests.faults.forks"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Forks(process.stdin, process.stdout)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def serve(orders: IO[str], answers: IO[str]) -> None:
    """Do what is ordered, to the end of the orders."""
    httpx.Client().close()  # loads what is loaded at the first use
    pipes: dict[int, int] = {}
    for line in orders:
        order = json.loads(line)
        if "wait" in order:
            pid = order["wait"]
            _, status = os.waitpid(pid, 0)
            with os.fdopen(pipes.pop(pid)) as told:
                answer: Any = [os.waitstatus_to_exitcode(status), int(told.read() or 0)]
        else:
            answer = _fork(order, pipes)
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


def _fork(order: dict[str, Any], pipes: dict[int, int]) -> int:
    os.environ.clear()
    os.environ.update(order["environment"])
    ready_database_url(load_settings())  # once for all that are forked: it loads Alembic
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        pipes[pid] = reading
        return pid
    code = 1
    try:
        sync = _SYNCS[order["provider"]]
        now = datetime.fromisoformat(order["now"])
        statements = _counting_statements(lambda: sync(now, **order["wanted"]), order["dies_after"])
        os.write(writing, str(statements).encode())
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _counting_statements(sync: Callable[[], object], dies_after: int | None) -> int:
    """Sync all the way; return how many statements that took, ends of transactions included."""
    statements = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal statements
        statements += event == "return" and frame.f_code in _STATEMENTS
        if statements == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    sync()
    sys.setprofile(None)
    return statements


def _sync_strava(now: datetime, *, is_full: bool) -> None:
    settings = load_settings()
    read_strava_activities(settings, ReadRequest(is_full=is_full), clock=lambda: now)
    with open_strava_api(settings, is_live=True, clock=lambda: now) as api:
        read_strava_gear(api, is_full=is_full, clock=lambda: now)
    normalize("strava", settings, today=now.date())
    merge_runs("strava")
    mirror_retirements()


def _sync_hevy(now: datetime, *, is_full: bool = False, checks_count: bool = False) -> None:
    settings = load_settings()
    read_hevy(settings, is_full=is_full, checks_count=checks_count, clock=lambda: now, sleep=lambda _: None)
    read_hevy_templates(settings, is_full=is_full or checks_count, clock=lambda: now, sleep=lambda _: None)
    normalize_hevy()
    write_exercise_templates()


_SYNCS: dict[Provider, Callable[..., None]] = {
    "calendar": sync_or_die,
    "hevy": _sync_hevy,
    "strava": _sync_strava,
}


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
