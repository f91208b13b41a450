"""Kills syncs at a request or after a statement, and tells how the others ended."""

import os
import queue
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from fitness_pipeline.sandbox.serving.faults import Change, Moment
from fitness_pipeline.sandbox.serving.stand_in import StandIn
from fitness_pipeline_tests.faults.forks import Forks

KILLED = -signal.SIGKILL


class Start(Protocol):
    """Starts a sync; returns its process id."""

    def __call__(self, *, dies_after: int | None = None) -> int: ...


@dataclass(frozen=True)
class Killer:
    """Kills syncs that are all alike.

    Attributes:
        forks: has them.
        sandbox: whom they ask.
        start: starts one.
    """

    forks: Forks
    sandbox: StandIn[Any]
    start: Start

    def at_request(self, request: int, moment: Moment) -> None:
        """Kill a sync when a request of it arrives, or when that is worked off and not answered yet.

        Args:
            request: its number; an earlier one if the syncs make fewer.
            moment: of the two.
        """
        code = None
        while code != KILLED:
            self.sandbox.log.clear()
            victim: queue.SimpleQueue[int] = queue.SimpleQueue()
            self.sandbox.faults.order(Change(_killing(victim), moment=moment), at=request)
            pid = self.start()
            victim.put(pid)
            code, _ = self.forks.wait(pid)
            assert code in (0, KILLED)
            self.sandbox.faults.clear()
            request = max(1, request // 2)  # it went on from where another had come, and made fewer

    def at_statement(self, statement: int) -> None:
        """Kill a sync after a statement or the end of a transaction.

        Args:
            statement: its number; an earlier one if the syncs make fewer.
        """
        code = None
        while code != KILLED:
            code, _ = self.forks.wait(self.start(dies_after=statement))
            assert code in (0, KILLED)
            statement = max(1, statement // 2)

    def spare(self) -> int:
        """Have a sync end by itself; return how many statements it took."""
        code, statements = self.forks.wait(self.start())
        assert code == 0
        return statements


def _killing(victim: "queue.SimpleQueue[int]") -> Callable[[object], None]:
    """Return a change of the world that kills a process, as soon as it is known which."""
    return lambda _: os.kill(victim.get(), signal.SIGKILL)
