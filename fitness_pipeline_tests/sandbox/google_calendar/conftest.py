"""A stand-in with a clock that stands still, and a client that talks to it over its socket."""

from collections.abc import Iterator

import pytest

from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.sandbox.google_calendar.callers import NOW, Caller


@pytest.fixture
def clock() -> SettableClock:
    """A clock that a test moves."""
    return SettableClock(NOW)


@pytest.fixture
def world() -> GoogleCalendarWorld:
    """A calendar without events."""
    return GoogleCalendarWorld()


@pytest.fixture
def calendar(world: GoogleCalendarWorld) -> Calendar:
    """The primary calendar."""
    return world.calendar()


@pytest.fixture
def sandbox(world: GoogleCalendarWorld, clock: SettableClock) -> Iterator[GoogleCalendarSandbox]:
    """The world, served."""
    with GoogleCalendarSandbox(world, clock=clock) as serving:
        yield serving


@pytest.fixture
def caller(sandbox: GoogleCalendarSandbox) -> Iterator[Caller]:
    """A client with an access token for events."""
    with Caller(sandbox) as connected:
        connected.connect()
        yield connected
