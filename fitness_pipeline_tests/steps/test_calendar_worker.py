"""What goes wrong at Google passes, concerns one event, or is told to a person; what was done is recorded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event
from fitness_pipeline.db.calendar_work import count_events
from fitness_pipeline.db.calendars import find_calendar, pause
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.runs_history import soft_delete_run, update_run_with_history
from fitness_pipeline.errors import (
    NeedsReauthorization,
    OutOfQuota,
    PermissionRefused,
    ProviderUnavailable,
)
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import EndOfBatch, MissingPart, about
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline_tests.calendar_sync import (
    BATCH,
    NOW,
    TOKEN,
    CalendarDatabase,
    CalendarSyncer,
    add_runs,
    calendar_database,
    connected,
    event_id,
    known_events,
    synced_runs,
)

IDS = [f"strava_{number}" for number in range(1, 6)]
BAD = errors.invalid("Bad thing.")

# What passes, and strikes a whole batch.
OF_BATCHES: dict[str, Fault] = {
    "403 rateLimitExceeded": Answer(errors.rate_limited()),
    "403 userRateLimitExceeded": Answer(errors.user_rate_limited()),
    "429": Answer(errors.rate_limited(429)),
    "500": Answer(errors.backend_error()),
    "503": Answer(errors.backend_error(503)),
    "503 though all is done": Answer(errors.backend_error(503), moment="after"),
    "an outage": Answer(errors.outage()),
    "a reset": Reset(),
    "a lost reply": Reset(moment="after"),
    "half a reply": Truncation(),
    "half a reply that looks whole": Truncation(is_noticed=False),
    "nothing": Answer(Reply(200)),
    "another reply": Answer(Reply(200, b"<html>", (("Content-Type", "text/html"),)), moment="after"),
}
# What passes, and strikes one call of a batch, or ends it there.
OF_CALLS: dict[str, Fault] = {
    "403 rateLimitExceeded": Answer(errors.rate_limited()),
    "429": Answer(errors.rate_limited(429)),
    "500": Answer(errors.backend_error()),
    "503 though it is done": Answer(errors.backend_error(503), moment="after"),
    "a missing part": MissingPart(),
    "a missing part though it is done": MissingPart(moment="after"),
    "a reset": EndOfBatch(),
    "a 500 for all": EndOfBatch(errors.backend_error()),
    "a rate limit for all": EndOfBatch(errors.rate_limited()),
}


@pytest.fixture(scope="module")
def database(server: EmbeddedServer, migrated_template: str) -> Iterator[CalendarDatabase]:
    """A database for all of these tests."""
    with calendar_database(server, migrated_template) as made:
        yield made


@pytest.fixture
def connection(database: CalendarDatabase) -> AnyConnection:
    """A connection to it."""
    return database.connection


@pytest.fixture
def sync(
    database: CalendarDatabase, environment: pytest.MonkeyPatch, data_dir: Path
) -> Iterator[CalendarSyncer]:
    """Syncs to a Google Calendar that was just connected, with five runs that are not on it yet."""
    database.empty()
    environment.setenv("DATABASE_URL", database.url)
    with connected(environment) as syncer:
        add_runs(database.connection, len(IDS))
        yield syncer


def edit(connection: AnyConnection, run_id: str = "strava_1", distance: float = 7.5) -> None:
    update_run_with_history(run_id, {"distance": distance}, "Ada", conn=connection)


def change_all_ways(connection: AnyConnection) -> set[tuple[str, str]]:
    """Edit two runs and delete one; return what the calendar is to show then."""
    edit(connection, "strava_1")
    edit(connection, "strava_2")
    soft_delete_run("strava_3", "Ada", conn=connection)
    return {("strava_1", "2"), ("strava_2", "2"), ("strava_4", "1"), ("strava_5", "1")}


def assert_right(sync: CalendarSyncer, connection: AnyConnection, expected: set[tuple[str, str]]) -> None:
    """Make sure that the calendar shows just that, and that it is known."""
    assert sync.shown() == expected
    assert synced_runs(connection) == {run_id: ["synced", int(version), None] for run_id, version in expected}
    sync.sandbox.log.clear()
    assert sync().requests == sync.sandbox.log.count() == 0


# What passes


@pytest.mark.parametrize("fault", OF_BATCHES.values(), ids=OF_BATCHES)
def test_trouble_with_a_batch_passes_and_all_is_right(
    sync: CalendarSyncer, connection: AnyConnection, fault: Fault
) -> None:
    sync.sandbox.faults.order(fault, path=BATCH, times=2)
    work = sync()
    assert (work.created, work.updated, work.failed) == (5, 0, 0)
    assert sync.slept == [2.0, 4.0]
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})

    expected = change_all_ways(connection)
    sync.sandbox.faults.order(fault, path=BATCH, times=2)
    work = sync()
    assert (work.updated, work.deleted, work.declined, work.failed) == (2, 1, 0, 0)
    assert_right(sync, connection, expected)


@pytest.mark.parametrize("fault", OF_CALLS.values(), ids=OF_CALLS)
def test_trouble_with_a_call_passes_and_all_is_right(
    sync: CalendarSyncer, connection: AnyConnection, fault: Fault
) -> None:
    sync.sandbox.faults.order(fault, inner=True, skip=2)
    work = sync()
    assert (work.created, work.updated, work.failed) == (5, 0, 0)
    assert sync.slept == [2.0]
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})

    expected = change_all_ways(connection)
    sync.sandbox.faults.order(fault, inner=True, skip=1)
    work = sync()
    assert (work.updated, work.deleted, work.declined, work.failed) == (2, 1, 0, 0)
    assert_right(sync, connection, expected)


def test_each_time_is_waited_longer_up_to_half_a_minute(sync: CalendarSyncer) -> None:
    sync.sandbox.faults.order(Answer(errors.rate_limited(429)), path=BATCH, times=8)
    assert sync().created == 5
    assert sync.slept == [2.0, 4.0, 8.0, 16.0, 32.0, 32.0, 32.0, 32.0]


def test_chance_keeps_those_apart_who_wait_at_once(sync: CalendarSyncer) -> None:
    chances = iter([0.25, 0.0, 1.0])
    sync.patience = replace(sync.patience, chance=lambda: next(chances))
    sync.sandbox.faults.order(Answer(errors.rate_limited(429)), path=BATCH, times=3)
    sync()
    assert sync.slept == [0.5, 0.0, 8.0]


def test_a_rate_limit_is_no_reason_to_look_at_events(sync: CalendarSyncer) -> None:
    sync.sandbox.faults.order(Answer(errors.rate_limited()), inner=True, at=2)
    sync()
    assert sync.sandbox.log.count(method="GET", inner=True) == 0
    assert sync.sandbox.log.count(method="POST", inner=True) == 6


def test_only_what_stayed_open_is_looked_at(sync: CalendarSyncer, connection: AnyConnection) -> None:
    strike_one(sync, connection, Answer(errors.backend_error(), moment="after"), times=1)
    sync()
    looks = sync.sandbox.log.matching(method="GET", inner=True)
    assert [look.path.rsplit("/")[-1] for look in looks] == [event_id(connection, "strava_2")]


def test_no_more_calls_a_minute_are_made_than_google_allows(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_SYNC_SINCE", "2020-01-01")
    environment.setenv("CALENDAR_BATCH_SIZE", "300")
    sync.sandbox.limits.per_minute_per_user = 600

    def sleep(seconds: float) -> None:
        sync.slept.append(seconds)
        sync.clock.advance(timedelta(seconds=seconds))

    sync.patience = replace(sync.patience, sleep=sleep)
    connection.execute("delete from runs_history; delete from runs")
    add_runs(connection, 700)
    work = sync()
    assert (work.created, work.requests) == (700, 3)
    assert sync.slept == [60.0]
    assert "Waiting 60 s: Google takes so many events a minute." in sync.told


def test_a_token_that_ends_during_a_sync_is_replaced(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    sync.sandbox.faults.order(
        Change(lambda world: world.oauth.kill_access_tokens(), moment="after"), path=BATCH
    )
    assert sync().created == 5
    assert sync.sandbox.log.count(TOKEN) == 2
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})


# What concerns one event


def strike_one(
    sync: CalendarSyncer, connection: AnyConnection, fault: Fault, times: int | None = None
) -> None:
    """Order trouble for the event of a run."""
    when = about(event_id(connection, "strava_2"))
    sync.sandbox.faults.order(fault, inner=True, when=when, times=times)


def next_try(connection: AnyConnection) -> datetime:
    """When the event of that run is tried again."""
    (retry_at,) = (row["retry_at"] for row in known_events(connection) if row["run_id"] == "strava_2")
    assert isinstance(retry_at, datetime)
    return retry_at


def minutes_to_next_try(sync: CalendarSyncer, connection: AnyConnection) -> int:
    """In how many minutes that is; it is then, after this."""
    minutes = (next_try(connection) - sync.clock()) // timedelta(minutes=1)
    sync.clock.now = next_try(connection)
    return minutes


def test_a_refused_event_stops_no_other_and_says_why(sync: CalendarSyncer, connection: AnyConnection) -> None:
    strike_one(sync, connection, Answer(BAD))
    work = sync()
    assert (work.created, work.failed, work.requests) == (4, 1, 1)
    assert sync.slept == []
    said = synced_runs(connection)
    assert said.pop("strava_2") == ["failed", 1, "Google answered 400 invalid: Bad thing."]
    assert said == {run_id: ["synced", 1, None] for run_id in IDS if run_id != "strava_2"}
    counts = count_events(conn=connection)
    assert (counts.failed, counts.declined, counts.waiting) == (1, 0, 0)
    assert counts.first_error == "Google answered 400 invalid: Bad thing."


def test_a_refused_event_is_tried_again_at_growing_distance_until_it_is_taken(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    strike_one(sync, connection, Answer(BAD))
    sync()
    minutes = []
    for _ in range(10):
        minutes.append(minutes_to_next_try(sync, connection))
        assert sync().failed == 1
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440]
    sync.sandbox.faults.clear()
    sync.sandbox.log.clear()
    sync.clock.now = next_try(connection) - timedelta(seconds=1)
    assert sync().requests == sync.sandbox.log.count() == 0
    sync.clock.now = next_try(connection)
    assert sync().created == 1
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})


def test_an_event_that_never_works_is_given_up_for_a_while_that_grows(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    strike_one(sync, connection, Answer(errors.backend_error()))
    work = sync()
    assert (work.created, work.failed, work.requests) == (4, 1, 6)
    status, _, message = synced_runs(connection)["strava_2"]
    assert (status, str(message).split(".")[0]) == ("failed", "Google did not take it in 6 tries")
    minutes = []
    for _ in range(3):
        minutes.append(minutes_to_next_try(sync, connection))
        assert sync().failed == 1
    assert minutes == [5, 10, 20]
    sync.sandbox.faults.clear()
    sync.clock.now = next_try(connection)
    assert sync().created == 1
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})


def test_an_event_whose_writing_alone_never_works_is_tried_at_growing_distance(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    is_about_it = about(event_id(connection, "strava_2"))
    sync.sandbox.faults.order(
        Answer(errors.backend_error()),
        inner=True,
        when=lambda request: request.method != "GET" and is_about_it(request),
        times=None,
    )
    minutes = []
    for _ in range(3):
        assert sync().failed == 1
        minutes.append(minutes_to_next_try(sync, connection))
    assert minutes == [5, 10, 20]


def test_an_event_that_failed_is_tried_at_once_when_its_run_is_edited(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    strike_one(sync, connection, Answer(BAD), times=1)
    sync()
    edit(connection, "strava_2")
    assert sync().created == 1
    assert_right(sync, connection, {(run_id, "2" if run_id == "strava_2" else "1") for run_id in IDS})


@pytest.mark.parametrize("way", ["deleted", "declined", "moved"])
def test_nothing_is_said_any_more_of_an_event_that_failed_and_that_nobody_wants_now(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch, way: str
) -> None:
    strike_one(sync, connection, Answer(BAD), times=1)
    sync()
    assert count_events(conn=connection).failed == 1
    if way == "deleted":
        soft_delete_run("strava_2", "Ada", conn=connection)
    elif way == "declined":
        decline_event("strava_2", "primary", conn=connection)
    else:
        sync.world.add_calendar("runs@group.calendar.google.com")
        environment.setenv("GOOGLE_CALENDAR_ID", "runs@group.calendar.google.com")
    sync()
    counts = count_events(conn=connection)
    assert (counts.failed, counts.waiting, counts.first_error) == (0, 0, None)
    assert {status for status, _, _ in synced_runs(connection).values()} == {"synced"}
    assert ("strava_2" in synced_runs(connection)) == (way == "moved")


def test_an_update_that_is_refused_leaves_what_is_there(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync()
    edit(connection, "strava_2")
    strike_one(sync, connection, Answer(BAD))
    assert sync().failed == 1
    assert ("strava_2", "1") in sync.shown()
    assert synced_runs(connection)["strava_2"] == ["failed", 1, "Google answered 400 invalid: Bad thing."]


def test_a_deletion_that_is_refused_is_tried_again(sync: CalendarSyncer, connection: AnyConnection) -> None:
    sync()
    soft_delete_run("strava_2", "Ada", conn=connection)
    strike_one(sync, connection, Answer(errors.forbidden()), times=1)
    assert sync().failed == 1
    sync.clock.now = next_try(connection)
    assert sync().deleted == 1
    assert "strava_2" not in synced_runs(connection)


def test_an_event_that_is_not_removed_keeps_the_calendar_connected(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync()
    strike_one(sync, connection, Answer(errors.forbidden()), times=1)
    work = sync.disconnect(are_events_removed=True)
    assert (work.deleted, work.failed) == (4, 1)
    assert find_calendar(conn=connection) is not None
    assert sync.disconnect(are_events_removed=True).deleted == 1
    assert find_calendar(conn=connection) is None


# What is told to a person


def test_a_google_that_is_down_is_told_after_a_while(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    sync.sandbox.faults.order(Answer(errors.backend_error(503)), path=BATCH, times=None)
    with pytest.raises(ProviderUnavailable, match="the next sync goes on by itself"):
        sync()
    assert sync.sandbox.log.count(BATCH) == len(sync.slept) + 1 == 12
    sync.sandbox.faults.clear()
    sync.clock.advance(timedelta(minutes=5))
    sync()
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})


def test_a_rate_limit_that_does_not_end_is_told_after_a_while(sync: CalendarSyncer) -> None:
    sync.sandbox.limits.per_minute_per_user = 0
    with pytest.raises(OutOfQuota, match="until 2026-03-10 14:08 UTC") as told:
        sync()
    assert told.value.resets_at == NOW + timedelta(minutes=1)
    assert sync.sandbox.log.count(BATCH) == 12


def test_without_a_token_nothing_is_lost(sync: CalendarSyncer, connection: AnyConnection) -> None:
    sync.sandbox.faults.order(Answer(errors.backend_error(503)), path=TOKEN)
    with pytest.raises(ProviderUnavailable):
        sync()
    assert sync().created == 5
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})


@pytest.mark.parametrize("moment", ["before the first batch", "between two batches"])
def test_a_grant_that_ended_is_told_and_what_was_done_is_recorded(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch, moment: str
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    if moment == "before the first batch":
        sync.world.oauth.revoke()
    else:
        sync.sandbox.faults.order(Change(lambda world: world.oauth.revoke(), moment="after"), path=BATCH)
    with pytest.raises(NeedsReauthorization, match="auth google"):
        sync()
    assert len(sync.shown()) == (0 if moment == "before the first batch" else 2)
    sync.sandbox.log.clear()
    with pytest.raises(NeedsReauthorization):
        sync()
    assert sync.sandbox.log.count() == 0


def test_a_grant_that_is_too_small_is_told(sync: CalendarSyncer, connection: AnyConnection) -> None:
    sync.sandbox.faults.order(Answer(errors.insufficient_permissions()), inner=True, times=None)
    with pytest.raises(PermissionRefused, match=r"did not grant.+auth google"):
        sync()
    assert synced_runs(connection) == {}


def test_used_up_quota_pauses_all_syncs_until_it_may_go_on(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync.sandbox.limits.quota_exceeded = True
    with pytest.raises(OutOfQuota) as told:
        sync()
    assert str(told.value) == (
        "Google Calendar takes no more events until 2026-03-10 15:07 UTC: its quota is used up. What was "
        "done is recorded; the next sync after that goes on by itself."
    )
    assert told.value.resets_at == NOW + timedelta(hours=1)
    assert synced_runs(connection) == {}
    sync.sandbox.log.clear()
    for _ in range(2):
        sync.clock.advance(timedelta(minutes=29))
        with pytest.raises(OutOfQuota) as again:
            sync()
        assert (str(again.value), again.value.resets_at) == (str(told.value), told.value.resets_at)
    assert sync.sandbox.log.count() == 0

    sync.sandbox.limits.quota_exceeded = False
    sync.clock.advance(timedelta(minutes=2))
    assert sync().created == 5
    assert_right(sync, connection, {(run_id, "1") for run_id in IDS})


def test_quota_that_is_used_up_again_and_again_is_waited_for_longer_up_to_a_day(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync.sandbox.limits.quota_exceeded = True
    hours = []
    for _ in range(7):
        with pytest.raises(OutOfQuota) as told:
            sync()
        hours.append((told.value.resets_at - sync.clock()) / timedelta(hours=1))
        sync.clock.now = told.value.resets_at
    assert hours == [1, 2, 4, 8, 16, 24, 24]
    sync.sandbox.limits.quota_exceeded = False
    sync()
    calendar = find_calendar(conn=connection)
    assert calendar is not None
    assert (calendar.paused_until, calendar.pauses) == (None, 0)


def test_what_was_written_before_the_quota_was_used_up_is_recorded(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync.sandbox.faults.order(Answer(errors.quota_exceeded()), inner=True, skip=3, times=None)
    with pytest.raises(OutOfQuota):
        sync()
    assert len(sync.shown()) == 3
    assert {run_id for run_id, _ in sync.shown()} == set(synced_runs(connection))
    sync.sandbox.faults.clear()
    sync.clock.advance(timedelta(hours=1))
    assert sync().created == 2


def test_with_nothing_to_do_a_pause_is_nobodys_business(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    sync()
    pause(NOW + timedelta(hours=1), conn=connection)
    assert sync().requests == 0
    edit(connection)
    with pytest.raises(OutOfQuota, match="until 2026-03-10 15:07 UTC"):
        sync()
