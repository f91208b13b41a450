"""A stand-in with a clock that stands still, and a client that talks to it over its socket."""

from collections.abc import Iterator

import pytest

from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.sandbox.strava.callers import Caller


@pytest.fixture
def world() -> StravaWorld:
    """An athlete without activities."""
    return StravaWorld()


@pytest.fixture
def sandbox(world: StravaWorld, clock: SettableClock) -> Iterator[StravaSandbox]:
    """The world, served."""
    with StravaSandbox(world, clock=clock) as serving:
        yield serving


@pytest.fixture
def caller(sandbox: StravaSandbox) -> Iterator[Caller]:
    """A client with an access token for everything that can be read."""
    with Caller(sandbox) as connected:
        connected.connect()
        yield connected
