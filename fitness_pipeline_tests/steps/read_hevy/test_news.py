"""Later syncs ask for what happened since: one call when it was nothing."""

import json
from datetime import timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import UnexpectedReply
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.hevy import EVENTS, LIST, HevySyncer, hevy_rows, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, HOUR, payloads, watermark


@pytest.mark.parametrize("every", [timedelta(), DAY])
@pytest.mark.parametrize("workouts", [0, 3, 60])
def test_a_sync_without_news_makes_one_call_and_writes_nothing(
    hevy: HevySandbox,
    sync: HevySyncer,
    clock: SettableClock,
    connection: AnyConnection,
    workouts: int,
    every: timedelta,
) -> None:
    sync.add(workouts, every=every)
    sync.read()
    for later in (timedelta(), timedelta(minutes=30), 30 * DAY):
        clock.advance(later)
        before = row_versions(connection)
        read = sync.read()
        assert read.kind == "incremental"
        assert (read.new, read.changed, read.deleted, read.rejected) == (0, 0, 0, 0)
        assert read.calls == 1
        assert row_versions(connection) == before
    assert watermark(connection) == NOW - HOUR


def test_nothing_happened_also_where_hevy_answers_404_then(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    hevy.world.is_empty_page_missing = True
    sync.add(3)
    clock.advance(2 * HOUR)
    sync.read()
    clock.advance(DAY)
    before = row_versions(connection)
    assert sync.read().rows_in == 0
    assert row_versions(connection) == before
    (new,) = sync.add(1)
    hevy.faults.order(Answer(errors.page_not_found()), path=EVENTS)
    with pytest.raises(UnexpectedReply, match="something happened since"):
        sync.read()
    assert sync.read().new == 1
    assert new in stored(connection)


def test_news_are_applied_and_move_the_watermark_with_them(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    kept, edited, deleted = sync.add(3)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(edited, title="Pull Day")
    clock.advance(HOUR)
    hevy.world.workouts.delete(deleted)
    (new,) = sync.add(1)
    clock.advance(DAY)
    hevy.log.clear()
    read = sync.read()
    assert (read.kind, read.rows_in, read.calls) == ("incremental", 4, 1)
    assert (read.new, read.changed, read.unchanged, read.deleted) == (1, 1, 1, 1)
    assert stored(connection) == {kept, edited, new}
    assert stored(connection, is_deleted=True) == {deleted}
    assert watermark(connection) == NOW + DAY


@pytest.mark.parametrize("keeps_former_events", [True, False])
def test_what_happened_last_counts_however_much_happened(
    hevy: HevySandbox,
    sync: HevySyncer,
    clock: SettableClock,
    connection: AnyConnection,
    keeps_former_events: bool,
) -> None:
    hevy.world.workouts.keeps_former_events = keeps_former_events
    ids = sync.add(5)
    sync.read()
    for number in range(30):
        clock.advance(timedelta(minutes=10))
        hevy.world.workouts.edit(ids[number % 5], title=f"Edit {number}")
    clock.advance(HOUR)
    hevy.world.workouts.delete(ids[0])
    read = sync.read()
    assert (read.new, read.changed, read.deleted) == (0, 4, 1)
    assert {id: payload["title"] for id, payload in payloads(connection).items()} == {
        ids[number]: f"Edit {25 + number}" for number in range(1, 5)
    }


def test_what_is_older_than_what_is_stored_changes_nothing(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    (workout_id,) = sync.add(1)
    old = hevy.world.workouts.find(workout_id)
    clock.advance(DAY)
    hevy.world.workouts.edit(workout_id, title="Newer")
    sync.read()
    before = hevy_rows(connection)
    clock.advance(DAY)
    page = {"page": 1, "page_count": 1, "events": [{"type": "updated", "workout": old}]}
    hevy.faults.order(Answer(json_reply(page)), path=EVENTS)
    assert sync.read().changed == 0
    hevy.faults.order(Answer(json_reply({"page": 1, "page_count": 1, "workouts": [old]})), path=LIST)
    assert sync.read(is_full=True).changed == 0
    assert hevy_rows(connection) == before


def test_an_event_says_all_that_it_says_also_without_times(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    edited, deleted = sync.add(2)
    sync.read()
    clock.advance(DAY)
    row = hevy.world.workouts.find(edited)
    assert row is not None
    timeless = {name: value for name, value in row.items() if not name.endswith("_at")}
    hevy.world.workouts.put(timeless | {"title": "Timeless"})
    hevy.world.workouts.delete(deleted, tells_when=False)
    read = sync.read()
    assert (read.changed, read.deleted) == (1, 1)
    assert watermark(connection) == NOW - HOUR  # no event told a time


def test_a_change_without_a_time_counts_also_above_one_that_bears_an_old_time(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    edited, back = sync.add(2)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(edited, title="First")
    row = hevy.world.workouts.delete(back)
    clock.advance(HOUR)
    hevy.world.workouts.put(row)  # it bears the time of its last change before that
    hevy.world.workouts.edit(edited, title="Second", updated_at=None)
    sync.read()
    assert payloads(connection)[edited]["title"] == "Second"


def test_the_same_in_other_words_is_unchanged(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(2)
    sync.read()
    before = row_versions(connection)
    page = {"page": 1, "page_count": 1, "workouts": hevy.world.workouts.rows()}
    hevy.faults.order(Answer(Reply(200, json.dumps(page, indent=1).encode())), path=LIST)
    read = sync.read(is_full=True)
    assert (read.changed, read.unchanged) == (0, 2)
    assert {row for row in row_versions(connection) - before if "workouts" in row[0]} == set()
