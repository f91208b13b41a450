"""A stand-in with a clock that stands still, and a client that talks to it over its socket."""

from collections.abc import Iterator

import pytest

from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.sandbox.hevy.callers import Caller


@pytest.fixture
def world() -> HevyWorld:
    """A lifter without workouts."""
    return HevyWorld()


@pytest.fixture
def sandbox(world: HevyWorld, clock: SettableClock) -> Iterator[HevySandbox]:
    """The world, served."""
    with HevySandbox(world, clock=clock) as serving:
        yield serving


@pytest.fixture
def caller(sandbox: HevySandbox) -> Iterator[Caller]:
    """A client with the right key."""
    with Caller(sandbox) as connected:
        yield connected
