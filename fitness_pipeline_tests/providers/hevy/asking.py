"""Sessions to ask Hevy for, and what a client lists of them."""

from datetime import timedelta

from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.serving.clock import SettableClock

DAY = timedelta(days=1)


def fill(sandbox: HevySandbox, clock: SettableClock, count: int) -> list[str]:
    """Log a session a day, the last one now; return their ids, newest first."""
    clock.advance(-count * DAY)
    ids = []
    for _ in range(count):
        clock.advance(DAY)
        ids.append(sandbox.world.workouts.add(Session(start=clock())))
    return ids[::-1]


def listed(api: HevyApi, page: int = 1) -> list[str]:
    """The ids of the workouts of a page."""
    found = api.list_workouts(page)
    assert found is not None
    return [row.id for row in found.rows]
