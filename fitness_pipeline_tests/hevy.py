"""A Hevy that the settings name, and reads from it that lose no time with waiting."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.hevy_session import Waiting
from fitness_pipeline.steps.read_hevy import HevyRead, read_hevy
from fitness_pipeline.steps.read_hevy_templates import TemplateCounts, read_hevy_templates

LIST = "/v1/workouts"
COUNT = "/v1/workouts/count"
EVENTS = "/v1/workouts/events"
TEMPLATES = "/v1/exercise_templates"


class HevySyncer:
    """Reads a Hevy.

    Attributes:
        slept: for how many seconds it would have waited.
        waiting: how it waits.
    """

    def __init__(self, sandbox: HevySandbox, clock: SettableClock) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.clock = clock
        self.slept: list[float] = []
        self.waiting = Waiting(sleep=self.slept.append)

    def read(self, on_progress: Callable[[str], object] = lambda _: None, **wanted: Any) -> HevyRead:
        """Bring workouts as far as `raw`."""
        return read_hevy(load_settings(), clock=self.clock, on_progress=on_progress, **self.waiting, **wanted)

    def read_templates(self, **wanted: Any) -> TemplateCounts:
        """Bring templates as far as `raw`."""
        return read_hevy_templates(load_settings(), clock=self.clock, **self.waiting, **wanted)

    def add(self, count: int, *, every: timedelta = timedelta(days=1)) -> list[str]:
        """Log sessions of the past, the last one now; return their ids, newest first."""
        now = self.clock()
        ids = []
        for number in reversed(range(count)):
            self.clock.now = now - number * every
            ids.append(self.world.workouts.add(Session(start=self.clock() - timedelta(hours=2))))
        return ids[::-1]


@contextmanager
def serving(
    clock: SettableClock, environment: pytest.MonkeyPatch, world: HevyWorld | None = None
) -> Iterator[HevySandbox]:
    """A Hevy that the settings name while it is entered."""
    with HevySandbox(world, clock=clock) as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        yield sandbox


def hevy_rows(connection: AnyConnection) -> list[Sequence[Any]]:
    """The workouts as they are stored, without when and by whom."""
    return connection.execute(
        """
        select workout_id, payload, sha256, changed_upstream_at, upstream_deleted_at is not null
        from raw.hevy_workouts order by workout_id
        """
    ).fetchall()


def stored(connection: AnyConnection, *, is_deleted: bool = False) -> set[str]:
    """The ids of the workouts that are stored, those that are deleted or the others."""
    rows = connection.execute(
        "select workout_id from raw.hevy_workouts where (upstream_deleted_at is not null) = %s", [is_deleted]
    )
    return {workout_id for (workout_id,) in rows}


def calls(sandbox: HevySandbox) -> list[str]:
    """The paths of the requests, in their order."""
    return [request.path for request in sandbox.log.requests]
