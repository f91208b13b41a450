"""Whatever clocks say, nothing is missed."""

from datetime import timedelta

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.hevy import HevySyncer, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, HOUR, watermark


def test_an_event_that_shows_late_is_not_missed(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(1)
    sync.read()
    clock.advance(DAY)
    sync.add(1)
    sync.read()
    clock.advance(-timedelta(minutes=50))
    late = hevy.world.workouts.add(Session(start=NOW))
    clock.advance(2 * HOUR)
    assert sync.read().new == 1
    assert late in stored(connection)


def test_a_watermark_is_never_in_the_future(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    (workout_id,) = sync.add(1)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(workout_id, updated_at="2099-01-01T00:00:00Z")
    assert sync.read().changed == 1
    assert watermark(connection) == NOW + DAY - HOUR


def test_a_machine_whose_clock_is_ahead_misses_nothing(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(1)
    sync.clock = SettableClock(NOW + 3 * DAY)
    sync.read()
    assert watermark(connection) == NOW - HOUR
    (workout_id,) = stored(connection)
    clock.advance(timedelta(minutes=5))
    hevy.world.workouts.edit(workout_id, title="Edited at once")
    assert sync.read().changed == 1


def test_a_machine_whose_clock_is_behind_misses_nothing(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    (workout_id,) = sync.add(1)
    sync.clock = SettableClock(NOW - 300 * DAY)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(workout_id, title="Edited")
    assert sync.read().changed == 1
    assert sync.read().calls == 1
