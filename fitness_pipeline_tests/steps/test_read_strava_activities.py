"""Reading Strava: complete, resumable, and with as few requests as possible."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.errors import ApplicationInactive, OutOfQuota, UnexpectedReply, WrongAccount
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Hold
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.read_strava_activities import read_strava_activities
from fitness_pipeline.steps.strava_plan import ReadRequest
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.strava import LIST, Syncer, calls, raw_rows

BOOKKEEPING = ("raw.strava_listings", "raw.rate_limits", "public.sync_metadata")


def add_outings(sandbox: StravaSandbox, count: int, *, every: timedelta = timedelta(days=1)) -> list[int]:
    """Outings up to yesterday, newest first."""
    newest = NOW - timedelta(days=1)
    return [sandbox.world.activities.add(Outing(start=newest - number * every)) for number in range(count)]


def stored(connection: AnyConnection, *, is_deleted: bool = False) -> set[int]:
    rows = connection.execute(
        "select activity_id from raw.strava_activities where (upstream_deleted_at is not null) = %s",
        [is_deleted],
    )
    return {activity_id for (activity_id,) in rows}


def test_the_first_sync_reads_everything_and_moves_the_watermark(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 3)
    read = sync.read()
    assert (read.plan.kind, read.rows_in, read.new, read.unchanged) == ("full", 3, 3, 0)
    assert stored(connection) == set(ids)
    assert get_last_sync_time("strava", conn=connection) == NOW


def test_a_row_is_stored_as_it_was_sent(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    (activity_id,) = add_outings(strava, 1)
    sync.read()
    with connection.cursor(row_factory=dict_row) as cursor:
        (row,) = cursor.execute("select * from raw.strava_activities").fetchall()
    assert row["payload"] == strava.world.activities.find(activity_id)
    assert row["start_date"] == datetime.fromisoformat(row["payload"]["start_date"])
    assert (row["sport_type"], row["distance"], row["trainer"]) == ("Run", "8046.7", "false")
    assert row["upstream_deleted_at"] is None


@pytest.mark.parametrize("activities", [0, 1, 199, 200, 201, 400, 1000])
def test_a_first_sync_makes_a_request_for_every_200_activities_and_one_more(
    strava: StravaSandbox, sync: Syncer, activities: int
) -> None:
    add_outings(strava, activities, every=timedelta(hours=1))
    read = sync.read()
    assert read.new == activities
    assert read.calls == len(calls(strava)) == -(-activities // 200) + 1


@pytest.mark.parametrize("activities", [0, 3, 60])
def test_a_sync_without_news_makes_two_requests_at_most_and_writes_nothing(
    strava: StravaSandbox,
    sync: Syncer,
    clock: SettableClock,
    connection: AnyConnection,
    activities: int,
) -> None:
    add_outings(strava, activities)
    sync.read()
    clock.advance(timedelta(minutes=30))
    before = row_versions(connection, *BOOKKEEPING)
    read = sync.read(is_incremental=True)
    assert read.plan.kind == "incremental"
    assert (read.new, read.changed, read.deleted) == (0, 0, 0)
    assert read.calls <= 2
    assert row_versions(connection, *BOOKKEEPING) == before
    assert get_last_sync_time("strava", conn=connection) == NOW + timedelta(minutes=30)


def test_every_request_for_a_list_has_both_bounds(
    strava: StravaSandbox, sync: Syncer, clock: SettableClock
) -> None:
    add_outings(strava, 250, every=timedelta(hours=1))
    sync.read()
    clock.advance(timedelta(minutes=30))
    sync.read(is_incremental=True)
    sync.read(is_full=True)
    lists = [request for request in strava.log.requests if request.path == LIST]
    assert len(lists) > 5
    assert all({"after", "before"} <= request.query.keys() for request in lists)


def test_a_run_that_was_uploaded_late_is_found_by_the_overlap(
    strava: StravaSandbox, sync: Syncer, clock: SettableClock, connection: AnyConnection
) -> None:
    add_outings(strava, 2)
    sync.read()
    clock.advance(timedelta(hours=1))
    late = strava.world.activities.add(Outing(start=NOW - timedelta(days=13)))
    assert sync.read(is_incremental=True).new == 1
    assert late in stored(connection)


def test_what_was_uploaded_too_late_for_the_overlap_is_found_by_a_full_sync(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    sync.read()
    late = strava.world.activities.add(Outing(start=NOW - timedelta(days=700)))
    assert sync.read(is_incremental=True).new == 0
    assert sync.read(is_full=True).new == 1
    assert stored(connection) == {late}


def test_months_are_read_again_without_moving_the_watermark(
    strava: StravaSandbox, sync: Syncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.read()
    january = strava.world.activities.add(Outing(start=datetime(2025, 1, 31, 23, 59, 59, tzinfo=UTC)))
    first = strava.world.activities.add(Outing(start=datetime(2025, 1, 1, tzinfo=UTC)))
    strava.world.activities.add(Outing(start=datetime(2025, 2, 1, tzinfo=UTC)))
    strava.world.activities.add(Outing(start=datetime(2024, 12, 31, 23, 59, 0, tzinfo=UTC)))
    clock.advance(timedelta(hours=1))
    read = sync.read(months=(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)))
    assert read.plan.kind == "window"
    assert {january, first} <= stored(connection)
    assert get_last_sync_time("strava", conn=connection) == NOW


def test_a_read_that_failed_goes_on_where_it_was(
    strava: StravaSandbox, sync: Syncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 1000, every=timedelta(hours=1))
    strava.faults.order(Answer(errors.rate_limited()), path=LIST, skip=3)
    with pytest.raises(OutOfQuota):
        sync.read()
    assert len(stored(connection)) == 600
    assert get_last_sync_time("strava", conn=connection) is None
    clock.advance(timedelta(minutes=15))
    strava.log.clear()
    read = sync.read()
    assert read.is_resumed
    assert stored(connection) == set(ids)
    assert len(calls(strava)) == 3
    assert get_last_sync_time("strava", conn=connection) == NOW


def test_a_watermark_never_claims_what_came_during_a_long_read(
    strava: StravaSandbox, sync: Syncer, clock: SettableClock, connection: AnyConnection
) -> None:
    add_outings(strava, 201, every=timedelta(hours=1))
    strava.faults.order(Change(lambda _: clock.advance(timedelta(hours=3))), path=LIST, skip=1)
    sync.read()
    assert get_last_sync_time("strava", conn=connection) == NOW


@pytest.mark.parametrize("vanishes", [True, False])
def test_a_row_that_vanishes_or_appears_between_two_pages_hides_no_other(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection, vanishes: bool
) -> None:
    ids = add_outings(strava, 450, every=timedelta(hours=1))
    activities = strava.world.activities

    def shift(_: object) -> None:
        if vanishes:
            activities.delete(ids[5])
        else:
            activities.add(Outing(start=NOW - timedelta(minutes=5)))

    strava.faults.order(Change(shift), path=LIST, skip=1)
    sync.read()
    assert set(ids) - {ids[5]} <= stored(connection)


def test_what_shares_its_second_with_the_last_of_a_page_comes_with_the_next_full_sync_at_the_latest(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 199, every=timedelta(hours=1))
    same = NOW - timedelta(days=30)
    twins = [strava.world.activities.add(Outing(start=same)) for _ in range(2)]
    sync.read()
    sync.read(is_full=True)
    assert stored(connection) == {*ids, *twins}


def test_a_deleted_activity_is_marked_once_strava_says_that_it_has_none(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 5)
    sync.read()
    strava.world.activities.delete(ids[2])
    read = sync.read(is_incremental=True)
    assert (read.deleted, read.undecided) == (1, 0)
    assert stored(connection, is_deleted=True) == {ids[2]}
    assert sync.read(is_incremental=True).deleted == 0


def test_a_deletion_of_long_ago_is_found_by_a_full_sync(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    old = strava.world.activities.add(Outing(start=NOW - timedelta(days=700)))
    sync.read()
    strava.world.activities.delete(old)
    assert sync.read(is_incremental=True).deleted == 0
    assert sync.read(is_full=True).deleted == 1
    assert stored(connection, is_deleted=True) == {old}


def test_an_activity_that_is_back_is_no_longer_deleted(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    (activity_id,) = add_outings(strava, 1)
    row = strava.world.activities.find(activity_id)
    assert row is not None
    sync.read()
    strava.world.activities.delete(activity_id)
    sync.read(is_incremental=True)
    strava.world.activities.put(row)
    assert sync.read(is_incremental=True).changed == 1
    assert stored(connection) == {activity_id}


def test_an_activity_that_moved_out_of_the_window_is_not_taken_for_deleted(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    (activity_id,) = add_outings(strava, 1)
    sync.read()
    moved_to = NOW - timedelta(days=300)
    strava.world.activities.edit(activity_id, start=moved_to)
    read = sync.read(is_incremental=True)
    assert (read.deleted, read.changed) == (0, 1)
    assert connection.execute("select start_date from raw.strava_activities").fetchall() == [
        (moved_to.replace(microsecond=0),)
    ]


def test_a_list_that_lost_its_rows_deletes_nothing(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 60, every=timedelta(hours=1))
    sync.read()
    strava.faults.order(Answer(json_reply([])), path=LIST)
    read = sync.read(is_full=True)
    assert (read.deleted, read.undecided) == (0, 40)
    assert stored(connection) == set(ids)


def test_many_deletions_are_believed_when_every_one_that_was_asked_for_is_gone(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 60, every=timedelta(hours=1))
    sync.read()
    for activity_id in ids[:50]:
        strava.world.activities.delete(activity_id)
    assert sync.read(is_incremental=True).deleted == 17
    read = sync.read(is_full=True)
    assert read.deleted == 33
    assert stored(connection) == set(ids[50:])


def test_a_token_that_sees_less_than_before_deletes_nothing(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    private = strava.world.activities.add(Outing(start=NOW - timedelta(days=1), visibility="only_me"))
    sync.read()
    connection.execute("update normalized.connections set scopes = '{read,activity:read}'")
    connection.execute("update raw.strava_activities set scope = 'activity:read_all'")
    strava.world.activities.make_private(private)
    strava.world.activities.delete(private)
    assert sync.read(is_full=True).deleted == 0
    connection.execute("update normalized.connections set scopes = '{read,activity:read_all}'")
    assert sync.read(is_full=True).deleted == 1


def test_a_row_that_cannot_be_stored_is_kept_as_a_reject_and_its_neighbours_go_on(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 3)
    with_nul = strava.world.activities.add(Outing(start=NOW - timedelta(days=2), name="Morning\x00Run"))
    read = sync.read()
    assert (read.rows_in, read.new, read.unchanged, read.rejected) == (4, 3, 0, 1)
    assert stored(connection) == set(ids)
    (reject,) = get_open_rejects("strava", conn=connection)
    assert "a character that is none" in reject.reason
    assert json.loads(reject.payload["text"])["id"] == with_nul
    strava.world.activities.edit(with_nul, name="Morning Run")
    sync.read(is_full=True)
    assert get_open_rejects("strava", conn=connection) == []
    assert with_nul in stored(connection)


def test_activities_of_another_athlete_are_refused(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 2)
    sync.read()
    for activity_id in ids:
        row = strava.world.activities.find(activity_id)
        assert row is not None
        strava.world.activities.put({**row, "athlete": {"id": 1, "resource_state": 1}})
    before = raw_rows(connection)
    with pytest.raises(WrongAccount, match="of athlete 1, but those stored here"):
        sync.read(is_full=True)
    assert raw_rows(connection) == before


def test_a_backfill_leaves_the_reserve_of_the_rate_limits_to_the_live_sync(
    strava: StravaSandbox, sync: Syncer, clock: SettableClock
) -> None:
    strava.limits.read = Limit(20, 1000)
    sync.read()
    strava.limits.use(quarter_hour=14, day=14)
    sync.read(is_incremental=True)
    with pytest.raises(OutOfQuota, match=r"14:15 UTC") as stopped:
        sync.read(is_full=True)
    assert not stopped.value.is_daily
    assert sync.read(is_incremental=True).calls == 1
    clock.advance(stopped.value.resets_at - clock())
    assert sync.read(is_full=True).calls == 1


def test_a_server_that_never_comes_to_an_end_is_not_asked_for_ever(
    strava: StravaSandbox, sync: Syncer
) -> None:
    (activity_id,) = add_outings(strava, 1)
    row = strava.world.activities.find(activity_id)
    strava.faults.order(Answer(json_reply([row])), path=LIST, times=None)
    with pytest.raises(UnexpectedReply, match="again and again"):
        sync.read()
    assert len(calls(strava)) < 10


def test_a_sync_that_is_part_of_a_transaction_which_is_taken_back_never_was(
    strava: StravaSandbox, clock: SettableClock, connection: AnyConnection
) -> None:
    add_outings(strava, 3)
    with connection.transaction(force_rollback=True):
        read = read_strava_activities(load_settings(), ReadRequest(), clock=clock, conn=connection)
    assert read.new == 3
    assert raw_rows(connection) == []
    assert get_last_sync_time("strava", conn=connection) is None


def test_a_second_sync_waits_for_the_first_one(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 3)
    held = Hold()
    strava.faults.order(held, path=LIST)
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(sync.read)
        assert held.arrived.wait(60)
        second = pool.submit(sync.read, said.append, is_full=True)
        while not said:
            assert not second.done()
        held.release()
        assert (first.result().new, second.result().new) == (3, 0)
    assert "Another sync of Strava is under way" in said[0]
    assert stored(connection) == set(ids)


def test_an_activity_that_was_moved_into_the_future_keeps_no_other_from_being_read(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    moved, _ = add_outings(strava, 2)
    sync.read()
    strava.world.activities.edit(moved, start=NOW + timedelta(days=300))
    new = strava.world.activities.add(Outing(start=NOW - timedelta(hours=1)))
    read = sync.read(is_incremental=True)
    assert (read.new, read.deleted, read.undecided) == (1, 0, 1)
    assert new in stored(connection)


def test_what_a_token_of_unknown_scope_listed_can_be_found_deleted_by_one_that_sees_all(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    (activity_id,) = add_outings(strava, 1)
    sync.read()
    connection.execute("update normalized.connections set scopes = '{read,activity:read_all}'")
    strava.world.activities.delete(activity_id)
    assert sync.read(is_incremental=True).deleted == 1


def test_a_full_sync_begins_anew_when_the_one_before_was_cut_short_long_ago(
    strava: StravaSandbox, sync: Syncer, clock: SettableClock, connection: AnyConnection
) -> None:
    ids = add_outings(strava, 250, every=timedelta(hours=1))
    sync.read()
    strava.faults.order(Answer(errors.application_inactive()), path=LIST, skip=1)
    with pytest.raises(ApplicationInactive):
        sync.read(is_full=True)
    strava.world.activities.edit(ids[0], distance_metres=1.0)
    clock.advance(timedelta(hours=2))
    read = sync.read(is_full=True)
    assert not read.is_resumed
    assert read.changed == 1


def test_a_row_that_could_not_be_stored_for_a_while_leaves_the_rejects_when_it_can(
    strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    (activity_id,) = add_outings(strava, 1)
    sync.read()
    strava.world.activities.edit(activity_id, name="Morning\x00Run")
    sync.read(is_incremental=True)
    before = row_versions(connection, *BOOKKEEPING)
    sync.read(is_incremental=True)
    assert row_versions(connection, *BOOKKEEPING) == before
    assert len(get_open_rejects("strava", conn=connection)) == 1
    strava.world.activities.edit(activity_id, name="Evening Run")
    sync.read(is_incremental=True)
    assert get_open_rejects("strava", conn=connection) == []
