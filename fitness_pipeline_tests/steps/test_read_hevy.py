"""Reading Hevy: complete, resumable, with one call when nothing happened, and never misled."""

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_feed import CountComparison, find_last_comparison
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.errors import (
    NotConnected,
    OutOfQuota,
    PermissionRefused,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.lifter import generated_world
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Exercise, Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import (
    Answer,
    Change,
    DuplicateRow,
    Fault,
    Hold,
    Reset,
    Truncation,
)
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.read_hevy import read_hevy
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.hevy import (
    COUNT,
    EVENTS,
    LIST,
    NOW,
    HevySyncer,
    calls,
    hevy_rows,
    serving,
    stored,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

WRONG: dict[str, tuple[Fault, type[ProviderError]]] = {
    "401": (Answer(errors.unauthorized()), PermissionRefused),
    "403": (Answer(errors.forbidden()), PermissionRefused),
    "400": (Answer(errors.invalid_page_size()), UnexpectedReply),
    "404": (Answer(errors.not_found()), UnexpectedReply),
    "429": (Answer(errors.rate_limited()), ProviderUnavailable),
    "429 for an hour": (Answer(errors.rate_limited(3600)), OutOfQuota),
    "an outage": (Answer(errors.outage()), ProviderUnavailable),
    "an outage that says 404": (Answer(errors.outage(404)), ProviderUnavailable),
    "an outage that says 200": (Answer(errors.outage(200)), ProviderUnavailable),
    "an error that says 200": (Answer(json_reply({"error": "Internal Server Error"})), UnexpectedReply),
    "another list": (Answer(json_reply({"page": 1, "page_count": 1, "routines": []})), UnexpectedReply),
    "no list": (Answer(json_reply([])), UnexpectedReply),
    "null": (Answer(json_reply(None)), UnexpectedReply),
    "nothing": (Answer(Reply(200)), ProviderUnavailable),
    "cut off": (Truncation(is_noticed=False), ProviderUnavailable),
    "a reset": (Reset(), ProviderUnavailable),
}


@pytest.fixture
def clock() -> SettableClock:
    """The time, for Hevy and for us."""
    return SettableClock(NOW)


@pytest.fixture
def hevy(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[HevySandbox]:
    """An empty Hevy that the settings name."""
    with serving(clock, environment) as sandbox:
        yield sandbox


@pytest.fixture
def sync(hevy: HevySandbox, clock: SettableClock) -> HevySyncer:
    """A function that reads that Hevy."""
    return HevySyncer(hevy, clock)


def watermark(connection: AnyConnection) -> datetime | None:
    return get_last_sync_time("hevy", conn=connection)


def is_second_page(request: Request) -> bool:
    return request.query.get("page") == "2"


def all_ids(hevy: HevySandbox) -> set[str]:
    return set(hevy.world.workouts.ids())


def test_the_first_sync_lists_everything_and_moves_the_watermark(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    read = sync.read()
    assert (read.kind, read.rows_in, read.new, read.unchanged, read.rejected) == ("full", 3, 3, 0, 0)
    assert (read.count_at_hevy, read.undecided, read.listings, read.is_resumed) == (3, 0, 1, False)
    assert stored(connection) == set(ids)
    assert watermark(connection) == NOW - HOUR


def test_a_workout_is_stored_as_it_was_sent(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    (workout_id,) = sync.add(1)
    sync.read()
    with connection.cursor(row_factory=dict_row) as cursor:
        (row,) = cursor.execute("select * from raw.hevy_workouts").fetchall()
    assert row["payload"] == hevy.world.workouts.find(workout_id)
    assert row["changed_upstream_at"] == NOW
    assert row["upstream_deleted_at"] is None


@pytest.mark.parametrize("workouts", [1, 9, 10, 11, 20, 105])
def test_a_first_sync_makes_a_call_for_every_10_workouts_and_two_more(
    hevy: HevySandbox, sync: HevySyncer, workouts: int
) -> None:
    sync.add(workouts)
    read = sync.read()
    assert read.new == workouts
    assert read.calls == len(calls(hevy)) == -(-workouts // 10) + 2


@pytest.mark.parametrize("is_missing", [True, False])
def test_an_account_without_workouts_is_read_whatever_hevy_answers_then(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection, is_missing: bool
) -> None:
    hevy.world.is_empty_page_missing = is_missing
    read = sync.read()
    assert (read.kind, read.rows_in, read.undecided) == ("full", 0, 0)
    assert watermark(connection) == NOW - HOUR
    (first,) = sync.add(1)
    assert sync.read().new == 1
    hevy.world.workouts.delete(first)
    assert sync.read().deleted == 1


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
    assert {row[0]: row[1]["title"] for row in hevy_rows(connection) if not row[4]} == {
        ids[number]: f"Edit {25 + number}" for number in range(1, 5)
    }


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
    assert {row[1]["title"] for row in hevy_rows(connection) if row[0] == edited} == {"Second"}


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


def test_a_first_sync_that_failed_goes_on_where_it_was(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(95)
    hevy.faults.order(Answer(errors.server_error()), path=LIST, skip=3, times=5)
    with pytest.raises(ProviderUnavailable):
        sync.read()
    assert stored(connection) == set(ids[:30])
    assert watermark(connection) is None
    clock.advance(DAY)
    hevy.log.clear()
    read = sync.read()
    assert (read.kind, read.is_resumed, read.new) == ("full", True, 65)
    assert calls(hevy) == [LIST] * 7 + [EVENTS, COUNT]
    assert stored(connection) == set(ids)
    assert watermark(connection) == NOW - HOUR


def test_what_happens_until_a_listing_is_gone_on_with_is_not_lost(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(45)
    hevy.faults.order(Answer(errors.rate_limited(3600)), path=LIST, skip=2)
    with pytest.raises(OutOfQuota, match="until 2026-03-10 15:07 UTC"):
        sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(ids[3], title="Edited meanwhile")
    hevy.world.workouts.delete(ids[5])
    sync.add(3, every=HOUR)
    read = sync.read()
    assert read.is_resumed
    assert stored(connection) == all_ids(hevy)
    assert hevy_rows(connection) == hevy_rows_of_a_full_sync(sync, connection)


def hevy_rows_of_a_full_sync(sync: HevySyncer, connection: AnyConnection) -> object:
    read = sync.read(is_full=True)
    assert (read.new, read.changed, read.deleted) == (0, 0, 0)
    return hevy_rows(connection)


def test_a_listing_that_failed_after_its_last_page_asks_for_no_page_again(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    sync.add(20)
    hevy.faults.order(Answer(errors.outage()), path=COUNT, times=5)
    with pytest.raises(ProviderUnavailable):
        sync.read()
    assert watermark(connection) is None
    hevy.log.clear()
    assert sync.read().is_resumed
    # Page 3 is missing, and page 1 says that this is right.
    assert calls(hevy) == [LIST, LIST, EVENTS, COUNT]
    assert watermark(connection) == NOW - HOUR


def test_a_listing_of_last_week_is_begun_anew(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(25)
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST, skip=1)
    with pytest.raises(PermissionRefused):
        sync.read()
    clock.advance(7 * DAY)
    read = sync.read()
    assert (read.is_resumed, read.new, read.unchanged) == (False, 15, 10)
    assert watermark(connection) == NOW + 7 * DAY - HOUR


def test_an_incremental_sync_leaves_an_unfinished_full_one_to_the_next_full_one(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(25)
    sync.read()
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST, skip=2)
    with pytest.raises(PermissionRefused):
        sync.read(is_full=True)
    assert sync.read().kind == "incremental"
    clock.advance(DAY)
    (new,) = sync.add(1)
    assert sync.read().new == 1
    read = sync.read(is_full=True)
    assert (read.is_resumed, read.deleted, read.undecided) == (True, 0, 0)
    assert new in stored(connection)


@pytest.mark.parametrize("change", ["appears", "vanishes", "is edited"])
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

    def shift(world: HevyWorld) -> None:
        clock.advance(timedelta(minutes=1))
        if change == "appears":
            world.workouts.add(Session(start=NOW))
        elif change == "vanishes":
            world.workouts.delete(ids[5])
        else:
            world.workouts.edit(ids[30], title="Edited")

    hevy.faults.order(Change(shift), path=LIST, skip=1)
    read = sync.read(is_full=True)
    assert read.undecided == 0
    assert stored(connection) == all_ids(hevy)
    assert {row[0]: row[1] for row in hevy_rows(connection) if not row[4]} == {
        row["id"]: row for row in hevy.world.workouts.rows()
    }


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
    assert stored(connection) == all_ids(hevy)


@pytest.mark.parametrize("change", ["appears", "vanishes", "is edited"])
def test_what_moves_between_two_pages_of_the_feed_comes_with_the_next_sync_at_the_latest(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection, change: str
) -> None:
    ids = sync.add(45)
    sync.read()
    clock.advance(DAY)
    for workout_id in ids[:35]:
        clock.advance(timedelta(minutes=7))
        hevy.world.workouts.edit(workout_id, title="Edited")

    def shift(world: HevyWorld) -> None:
        clock.advance(timedelta(minutes=1))
        if change == "appears":
            world.workouts.add(Session(start=NOW))
        elif change == "vanishes":
            world.workouts.delete(ids[5])
        else:
            world.workouts.edit(ids[5], title="Edited again")

    hevy.world.workouts.keeps_former_events = False
    hevy.faults.order(Change(shift), path=EVENTS, skip=1)
    sync.read()
    sync.read()
    assert {row[0]: row[1] for row in hevy_rows(connection) if not row[4]} == {
        row["id"]: row for row in hevy.world.workouts.rows()
    }
    assert sync.read().calls == 1


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


def test_a_count_that_differs_leads_to_a_full_listing(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(30)
    sync.read()
    read = sync.read(checks_count=True)
    assert (read.kind, read.calls, read.count_at_hevy) == ("incremental", 2, 30)
    connection.execute("delete from raw.hevy_workouts where workout_id = %s", [ids[17]])
    clock.advance(DAY)
    said: list[str] = []
    read = sync.read(said.append, checks_count=True)
    assert (read.kind, read.new, read.undecided) == ("full", 1, 0)
    assert said == ["Hevy counts 30 workouts, here are 29. Listing all of them."]
    assert stored(connection) == set(ids)


def test_a_weekly_sync_finishes_a_listing_that_hid_by_half_what_was_wrong(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    """One workout is missing here and one is too much, and what was listed so far makes the counts equal."""
    ids = sync.add(25)
    sync.read()
    connection.execute("delete from raw.hevy_workouts where workout_id = any(%s)", [[ids[2], ids[22]]])
    clock.advance(DAY)
    hevy.world.workouts.delete(ids[20])
    clock.advance(DAY)
    hevy.world.workouts.forget_events(clock())
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST, skip=1)
    with pytest.raises(PermissionRefused):
        sync.read(checks_count=True)
    clock.advance(7 * DAY)
    read = sync.read(checks_count=True)
    assert (read.kind, read.new, read.deleted, read.undecided) == ("full", 1, 1, 0)
    assert stored(connection) == all_ids(hevy)
    assert sync.read(checks_count=True).kind == "incremental"


def test_a_comparison_of_counts_is_remembered(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    sync.read()
    assert find_last_comparison(conn=connection) == CountComparison(at_hevy=3, here=3, compared_at=NOW)
    clock.advance(DAY)
    sync.read()
    assert find_last_comparison(conn=connection) == CountComparison(at_hevy=3, here=3, compared_at=NOW)
    connection.execute("delete from raw.hevy_workouts where workout_id = %s", [ids[1]])
    hevy.faults.order(Answer(errors.unauthorized()), path=LIST)
    with pytest.raises(PermissionRefused):
        sync.read(checks_count=True)
    assert find_last_comparison(conn=connection) == CountComparison(at_hevy=3, here=2, compared_at=NOW + DAY)


def test_a_count_that_stays_wrong_is_reported_after_three_listings(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(12)
    hevy.faults.order(Answer(json_reply({"workout_count": 15})), path=COUNT, times=None)
    said: list[str] = []
    read = sync.read(said.append)
    assert (read.undecided, read.listings, read.count_at_hevy) == (3, 3, 15)
    assert (read.new, read.rows_in) == (12, 12)
    assert said[-1] == "Hevy counts 15 workouts, here are 12."
    assert watermark(connection) == NOW - HOUR
    assert sync.read().calls == 1


@pytest.mark.parametrize("path", [LIST, EVENTS, COUNT])
@pytest.mark.parametrize(("fault", "error"), WRONG.values(), ids=WRONG)
def test_what_is_no_proper_answer_fails_the_sync_and_moves_nothing(
    hevy: HevySandbox,
    sync: HevySyncer,
    clock: SettableClock,
    connection: AnyConnection,
    path: str,
    fault: Fault,
    error: type[ProviderError],
) -> None:
    sync.add(15)
    sync.read()
    clock.advance(DAY)
    sync.add(2, every=HOUR)
    hevy.world.workouts.delete(hevy.world.workouts.ids()[9])
    before = hevy_rows(connection)
    hevy.faults.order(fault, path=path, times=None)
    with pytest.raises(error) as raised:
        sync.read(is_full=path != EVENTS)
    assert "Try again later" in str(raised.value) or "HEVY_API" in str(raised.value) or error is OutOfQuota
    assert watermark(connection) == NOW - HOUR
    assert stored(connection, is_deleted=True) == set()
    if path != COUNT:
        assert hevy_rows(connection) == before
    hevy.faults.clear()
    sync.read(is_full=path != EVENTS)
    assert stored(connection) == all_ids(hevy)


@pytest.mark.parametrize("path", [LIST, EVENTS])
def test_a_page_that_is_missing_in_the_middle_is_not_the_end(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection, path: str
) -> None:
    ids = sync.add(35)
    if path == EVENTS:
        sync.read()
        clock.advance(DAY)
        for workout_id in ids:
            hevy.world.workouts.edit(workout_id, title="Edited")
    missing = Answer(errors.page_not_found())
    hevy.faults.order(missing, path=path, when=is_second_page, times=2)
    moved = watermark(connection)
    with pytest.raises(UnexpectedReply, match="no page 2, but also that there are 4 pages"):
        sync.read()
    assert watermark(connection) == moved
    hevy.faults.order(missing, path=path, when=is_second_page)
    sync.read()
    assert {row[0]: row[1] for row in hevy_rows(connection)} == {
        row["id"]: row for row in hevy.world.workouts.rows()
    }


def test_pages_that_never_end_are_not_asked_for_ever(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(1)
    (row,) = hevy.world.workouts.rows()
    for number in range(1, 100):
        page = {"page": number, "page_count": number + 1, "workouts": [row]}
        hevy.faults.order(Answer(json_reply(page)), path=LIST, at=number)
    with pytest.raises(UnexpectedReply, match="again and again"):
        sync.read()
    assert len(calls(hevy)) < 30


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


def test_a_row_that_cannot_be_stored_is_kept_as_a_reject_and_its_neighbours_go_on(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    with_nul = hevy.world.workouts.add(Session(start=NOW, title="Push\x00Day"))
    rows = [json.dumps(row) for row in hevy.world.workouts.rows()]
    strange = ['{"id": "half", "title": "Push \\ud83d"}', '{"title": "Who am I"}', '{"id": "../count"}', "7"]
    body = f'{{"page": 1, "page_count": 1, "workouts": [{",".join(rows + strange)}]}}'
    hevy.faults.order(Answer(Reply(200, body.encode())), path=LIST)
    hevy.faults.order(Answer(json_reply({"workout_count": 8})), path=COUNT)
    read = sync.read()
    assert (read.rows_in, read.new, read.unchanged, read.rejected, read.undecided) == (8, 3, 0, 5, 0)
    assert stored(connection) == set(ids)
    rejects = {reject.raw_key: reject for reject in get_open_rejects("hevy", conn=connection)}
    assert {key.partition(" ")[0] for key in rejects} == {f"hevy_{with_nul}", "hevy_half", "text"}
    assert json.loads(rejects[f"hevy_{with_nul}"].payload["text"])["id"] == with_nul
    assert {reject.reason for reject in rejects.values()} == {
        "Postgres cannot hold it as JSON: a text in it has a character that is none.",
        "Its id is none of Hevy's: None.",
        "Its id is none of Hevy's: '../count'.",
        "It is no JSON object: 7.",
    }
    # Another listing does not meet them again; and a workout that can be stored is one.
    hevy.world.workouts.edit(with_nul, title="Push Day")
    assert sync.read(is_full=True).undecided == 0
    assert get_open_rejects("hevy", conn=connection) == []
    assert with_nul in stored(connection)


def test_a_reject_that_comes_again_is_not_written_again_and_counts_as_a_workout(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(2)
    with_nul = hevy.world.workouts.add(Session(start=NOW, title="Push\x00Day"))
    assert sync.read().undecided == 0
    (before,) = get_open_rejects("hevy", conn=connection)
    clock.advance(DAY)
    read = sync.read(checks_count=True)
    assert (read.kind, read.undecided) == ("incremental", 0)
    assert sync.read(is_full=True).rejected == 1
    assert get_open_rejects("hevy", conn=connection) == [before]
    hevy.world.workouts.delete(with_nul)
    assert sync.read(checks_count=True).kind == "incremental"
    assert get_open_rejects("hevy", conn=connection) == []


def test_an_event_that_cannot_be_understood_is_kept_as_a_reject_and_its_neighbours_go_on(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    edited, deleted = sync.add(2)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(edited, title="Edited")
    hevy.world.workouts.delete(deleted)
    strange: list[Any] = [
        {"type": "archived", "workout": {"id": edited}},
        {"type": "updated"},
        {"type": "updated", "workout": {"title": "Who am I"}},
        {"type": "deleted"},
        "deleted",
    ]
    events = [*strange, *(json.loads(event) for event in hevy.world.workouts.events(NOW + HOUR))]
    hevy.faults.order(Answer(json_reply({"page": 1, "page_count": 1, "events": events})), path=EVENTS)
    read = sync.read()
    assert (read.changed, read.deleted, read.rejected) == (1, 1, 5)
    rejects = get_open_rejects("hevy", conn=connection)
    assert len(rejects) == 5
    assert all(reject.raw_key.startswith("event ") for reject in rejects)
    assert sync.read(checks_count=True).kind == "incremental"


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


def test_the_templates_that_workouts_name_become_known_with_them(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    known = Exercise("Squat", template_id="79D0BB3A")
    hevy.world.workouts.add(
        Session(start=NOW, exercises=(known, known, Exercise("Mine", template_id="own-1")))
    )
    (odd,) = sync.add(1)
    ids: list[Any] = [None, 7, "", "x" * 3000, {}]
    strange = [{"exercise_template_id": template_id} for template_id in ids]
    hevy.world.workouts.edit(odd, exercises=[*strange, 7, None, {}])
    hevy.world.workouts.put({"id": "bare"})
    hevy.world.workouts.put({"id": "no-list", "exercises": {"exercise_template_id": "own-2"}})
    assert sync.read().rejected == 0
    rows = connection.execute("select template_id, payload, asked_at from raw.hevy_exercise_templates")
    assert set(rows) == {("79D0BB3A", None, None), ("own-1", None, None), ("own-2", None, None)}


def test_a_generated_lifter_arrives_as_they_are(
    clock: SettableClock,
    environment: pytest.MonkeyPatch,
    data_dir: Path,
    connection: AnyConnection,
) -> None:
    world = generated_world(today=NOW.date(), since=NOW.date() - 200 * DAY)
    with serving(clock, environment, world) as sandbox:
        sync = HevySyncer(sandbox, clock)
        assert sync.read().new == len(world.workouts)
        assert {row[0]: row[1] for row in hevy_rows(connection)} == {
            row["id"]: row for row in world.workouts.rows()
        }
        assert sync.read(checks_count=True).calls == 2


def test_news_that_cannot_be_committed_are_not_half_there(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(ids[0], title="Edited")
    hevy.world.workouts.delete(ids[1])
    before = row_versions(connection)
    connection.execute("alter table sync_metadata add constraint stuck check (last_synced_at < '2026-03-11')")
    with pytest.raises(psycopg.errors.CheckViolation):
        sync.read()
    assert row_versions(connection) == before
    connection.execute("alter table sync_metadata drop constraint stuck")
    read = sync.read()
    assert (read.changed, read.deleted) == (1, 1)


def test_a_sync_that_is_part_of_a_transaction_which_is_taken_back_never_was(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    sync.add(12)
    before = row_versions(connection)
    with connection.transaction(force_rollback=True):
        assert sync.read(conn=connection).new == 12
        assert sync.read(conn=connection).kind == "incremental"
    assert row_versions(connection) == before
    assert sync.read().new == 12


def test_a_second_sync_waits_for_the_first_one(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    held = Hold()
    hevy.faults.order(held, path=LIST)
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(sync.read)
        assert held.arrived.wait(60)
        second = pool.submit(sync.read, said.append)
        while not said:
            assert not second.done()
        held.release()
        assert (first.result().new, second.result().new) == (3, 0)
    assert said == ["Another sync of Hevy is under way; waiting for its end."]
    assert second.result().kind == "incremental"
    assert stored(connection) == set(ids)


def test_a_long_listing_tells_how_far_it_is(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(205, every=HOUR)
    said: list[str] = []
    sync.read(said.append)
    assert said == [f"{count} workouts so far, {count} of them new." for count in (100, 200)]


def test_calls_are_kept_apart_also_those_of_two_syncs(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(12)
    sync.read()
    assert sync.slept == [0.55] * 3  # with a clock that stands still
    sync.read()
    assert sync.slept == [0.55] * 4


@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_a_key_hevy_is_not_connected(
    hevy: HevySandbox, sync: HevySyncer, environment: pytest.MonkeyPatch, key: str | None
) -> None:
    if key is None:
        environment.delenv("HEVY_API_KEY")
    else:
        environment.setenv("HEVY_API_KEY", key)
    with pytest.raises(NotConnected, match="Set HEVY_API_KEY"):
        sync.read()
    assert calls(hevy) == []


@pytest.mark.parametrize("key", ["5ecre7-0f-s0meb0dy-else", "5ecre7\n0f", "5ecre7ü"])
def test_a_wrong_key_is_said_to_be_wrong_and_told_to_nobody(
    hevy: HevySandbox,
    sync: HevySyncer,
    environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    key: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    environment.setenv("HEVY_API_KEY", key)
    with pytest.raises(PermissionRefused, match="HEVY_API_KEY") as raised:
        sync.read()
    assert "5ecre7" not in str(raised.value) + caplog.text
    assert len(calls(hevy)) <= 1


def test_the_first_sync_asks_for_everything_as_anybody_would(hevy: HevySandbox, sync: HevySyncer) -> None:
    sync.add(11)
    read_hevy(load_settings(), clock=sync.clock, sleep=sync.slept.append)
    queries = [request.query for request in hevy.log.requests]
    assert queries == [
        {"page": "1", "pageSize": "10"},
        {"page": "2", "pageSize": "10"},
        {"since": "2026-03-10T13:07:30Z", "page": "1", "pageSize": "10"},
        {},
    ]
    assert {request.status for request in hevy.log.requests} == {200}
