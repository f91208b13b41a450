"""A workout is deleted when Hevy says so and does not know it any more."""

from datetime import timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline_tests.hevy import EVENTS, LIST, HevySyncer, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY


def test_a_deletion_is_marked_with_the_time_that_hevy_tells(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    told, untold = sync.add(2)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.delete(told)
    hevy.world.workouts.delete(untold, tells_when=False)
    clock.advance(DAY)
    assert sync.read().deleted == 2
    times = dict(
        connection.execute("select workout_id, upstream_deleted_at from raw.hevy_workouts").fetchall()
    )
    assert times[told] == NOW + DAY
    assert times[untold] is not None


def test_a_workout_that_is_logged_and_deleted_between_two_syncs_never_was(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(1)
    sync.read()
    clock.advance(DAY)
    (mistake,) = sync.add(1)
    hevy.world.workouts.delete(mistake)
    read = sync.read()
    assert (read.new, read.deleted) == (0, 0)
    assert mistake not in stored(connection) | stored(connection, is_deleted=True)


@pytest.mark.parametrize("knows_when", [True, False])
@pytest.mark.parametrize("is_synced_between", [True, False])
def test_a_workout_that_is_back_is_alive_again(
    hevy: HevySandbox,
    sync: HevySyncer,
    clock: SettableClock,
    connection: AnyConnection,
    is_synced_between: bool,
    knows_when: bool,
) -> None:
    (workout_id,) = sync.add(1)
    sync.read()
    clock.advance(DAY)
    row = hevy.world.workouts.delete(workout_id, tells_when=knows_when)
    if is_synced_between:
        assert sync.read().deleted == 1
    clock.advance(timedelta(minutes=5))
    hevy.world.workouts.put(row)  # it bears the time of its last change before that
    read = sync.read()
    assert (read.changed, read.deleted) == (int(is_synced_between), 0)
    assert stored(connection) == {workout_id}
    assert sync.read().calls == 1
    assert sync.read(checks_count=True).kind == "incremental"


def test_an_update_after_a_deletion_needs_no_question(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    (workout_id,) = sync.add(1)
    sync.read()
    clock.advance(DAY)
    row = hevy.world.workouts.delete(workout_id)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.put(row | {"updated_at": clock().isoformat()})
    read = sync.read()
    assert (read.changed, read.calls) == (1, 1)
    assert stored(connection) == {workout_id}


def test_a_deletion_that_seems_older_than_what_is_stored_is_asked_about(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    gone, there = sync.add(2)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.delete(gone)
    events = [{"type": "deleted", "id": id, "deleted_at": "2020-01-01T00:00:00Z"} for id in (gone, there)]
    page = json_reply({"page": 1, "page_count": 1, "events": events})
    hevy.faults.order(Answer(page), path=EVENTS)
    assert sync.read().deleted == 1
    assert stored(connection) == {there}


def test_a_deletion_that_the_feed_forgot_is_found_by_a_full_sync(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(12)
    sync.read()
    hevy.world.workouts.delete(ids[7])
    clock.advance(300 * DAY)  # the feed is asked from an hour before now on
    read = sync.read(is_full=True)
    assert (read.deleted, read.undecided) == (1, 0)
    assert stored(connection, is_deleted=True) == {ids[7]}
    assert sync.read(is_full=True).deleted == 0


def test_a_list_that_lost_its_rows_deletes_nothing(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(60)
    sync.read()
    hevy.faults.order(Answer(json_reply({"page": 1, "page_count": 1, "workouts": []})), path=LIST)
    read = sync.read(is_full=True)
    assert (read.deleted, read.undecided) == (0, 40)
    assert stored(connection) == set(ids)


def test_many_deletions_are_believed_when_every_one_that_was_asked_for_is_gone(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(60)
    sync.read()
    for workout_id in ids[:50]:
        hevy.world.workouts.delete(workout_id)
    clock.advance(300 * DAY)
    assert sync.read(is_full=True).deleted == 50
    assert stored(connection) == set(ids[50:])
