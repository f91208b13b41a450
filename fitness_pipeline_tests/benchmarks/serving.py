"""The Strava stand-in in a process of its own, and how long ours waits for it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.benchmarks.activities import athlete, many_activities

_NO_LIMIT = Limit(999_999_999, 999_999_999)


@contextmanager
def strava_of(activities: int) -> Iterator[None]:
    """Serve so many activities from another process, and point the settings there.

    Args:
        activities: how many; they are `many_activities`.
    """
    command = [sys.executable, "-m", "fitness_pipeline_tests.benchmarks.serving", str(activities)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            os.environ.update(json.loads(process.stdout.readline()))
            yield
        finally:
            process.stdin.close()  # it ends with that


class WaitingForReplies:
    """Adds up the seconds that this process waits for bytes over HTTP, while it is entered.

    Postgres' client library has sockets of its own, which are not seen here.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> "WaitingForReplies":
        """Begin."""
        waiting, receive = self, socket.socket.recv

        def timed(own: socket.socket, *arguments: int) -> bytes:
            started = time.perf_counter()
            try:
                return receive(own, *arguments)
            finally:
                waiting.seconds += time.perf_counter() - started

        socket.socket.recv = timed  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        del socket.socket.recv


def main() -> None:
    """Serve as many activities as the command line says, until standard input is closed."""
    world = StravaWorld(many_activities(int(sys.argv[1])), athlete().gear)
    with StravaSandbox(world) as sandbox:
        sandbox.limits.overall = sandbox.limits.read = _NO_LIMIT
        print(json.dumps(sandbox.environment()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
