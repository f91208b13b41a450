"""The Strava stand-in in a process of its own, and how long ours waits for it."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from fitness_pipeline.sandbox.strava.athlete import generated_world
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.benchmarks.activities import many_activities

_NO_LIMIT = Limit(999_999_999, 999_999_999)


@contextmanager
def strava_with(activities: int = 0) -> Iterator[dict[str, str]]:
    """Serve the generated athlete from another process.

    Args:
        activities: how many of `many_activities` there are besides.

    Yields:
        The environment that points the settings there.
    """
    command = [sys.executable, "-m", "fitness_pipeline_tests.benchmarks.serving", str(activities)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()  # it ends with that


class WaitingForReplies:
    """Adds up the seconds that this process waits for bytes over HTTP, while it is entered.

    Postgres' client library has sockets of its own, which are not seen here.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        waiting, receive = self, socket.socket.recv

        def receive_timed(own: socket.socket, *arguments: Any) -> bytes:
            started = time.perf_counter()
            try:
                return receive(own, *arguments)
            finally:
                waiting.seconds += time.perf_counter() - started

        socket.socket.recv = receive_timed  # type: ignore[method-assign, assignment]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        del socket.socket.recv  # what it was comes from the class below


def main() -> None:
    """Serve until standard input is closed."""
    world = generated_world(today=datetime.now(UTC).date())
    for row in many_activities(int(sys.argv[1])):
        world.activities.put(row)
    with StravaSandbox(world) as sandbox:
        sandbox.limits.overall = sandbox.limits.read = _NO_LIMIT
        print(json.dumps(sandbox.environment()), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
