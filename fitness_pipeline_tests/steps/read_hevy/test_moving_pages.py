"""What moves between two pages hides nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Change, DuplicateRow
from fitness_pipeline_tests.hevy import EVENTS, LIST, HevySyncer, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, payloads, workouts_of

CHANGES = ["appears", "vanishes", "is edited"]


def shift(change: str, clock: SettableClock, *, vanishing: str, edited: str) -> Callable[[HevyWorld], None]:
    """Return what moves the workouts of a list by one, a minute after the page before."""

    def move(world: HevyWorld) -> None:
        clock.advance(timedelta(minutes=1))
        if change == "appears":
            world.workouts.add(Session(start=NOW))
        elif change == "vanishes":
            world.workouts.delete(vanishing)
        else:
            world.workouts.edit(edited, title="Edited meanwhile")

    return move


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_workout_that_moves_between_two_pages_of_the_listing_hides_no_other(
    hevy: HevySandbox,
    sync: HevySyncer,
    clock: SettableClock,
    connection: AnyConnection,
    change: str,
    is_first: bool,
) -> None:
    ids = sync.add(45)
    if not is_first:
        sync.read()
        sync.world.workouts.edit(ids[10], title="The one that slips")

    moved = shift(change, clock, vanishing=ids[5], edited=ids[30])
    hevy.faults.order(Change(moved), path=LIST, skip=1)
    read = sync.read(is_full=True)
    assert read.undecided == 0
    assert stored(connection) == set(hevy.world.workouts.ids())
    assert payloads(connection) == workouts_of(hevy.world)


def test_a_list_that_became_shorter_ends_where_hevy_says_so(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(21)

    def shrink(world: HevyWorld) -> None:
        clock.advance(timedelta(minutes=1))
        for workout_id in ids[15:]:
            world.workouts.delete(workout_id)

    hevy.faults.order(Change(shrink, moment="after"), path=LIST, skip=1)
    assert sync.read().undecided == 0
    assert stored(connection) == set(hevy.world.workouts.ids())


@pytest.mark.parametrize("change", CHANGES)
def test_what_moves_between_two_pages_of_the_feed_comes_with_the_next_sync_at_the_latest(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection, change: str
) -> None:
    ids = sync.add(45)
    sync.read()
    clock.advance(DAY)
    for workout_id in ids[:35]:
        clock.advance(timedelta(minutes=7))
        hevy.world.workouts.edit(workout_id, title="Edited")

    hevy.world.workouts.keeps_former_events = False
    hevy.faults.order(Change(shift(change, clock, vanishing=ids[5], edited=ids[5])), path=EVENTS, skip=1)
    sync.read()
    sync.read()
    assert payloads(connection) == workouts_of(hevy.world)
    assert sync.read().calls == 1


def test_a_row_that_repeats_is_one_workout(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    hevy.faults.order(DuplicateRow(), path=LIST)
    hevy.faults.order(DuplicateRow(-1), path=EVENTS, times=None)
    assert (sync.read().rows_in, stored(connection)) == (3, set(ids))
    clock.advance(DAY)
    hevy.world.workouts.delete(ids[1])
    assert sync.read().deleted == 1
