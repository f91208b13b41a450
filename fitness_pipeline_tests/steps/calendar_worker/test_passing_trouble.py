"""What goes wrong at Google passes, and costs no event."""

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import EndOfBatch, MissingPart
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline_tests.calendar_sync import BATCH, TOKEN, CalendarSyncer, event_id
from fitness_pipeline_tests.steps.calendar_edits import delete, edit
from fitness_pipeline_tests.steps.calendar_worker.five_runs import ALL, assert_right, strike_one

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


def change_all_ways(connection: AnyConnection) -> set[tuple[str, str]]:
    """Edit two runs and delete one; return what the calendar is to show then."""
    edit(connection, "strava_1")
    edit(connection, "strava_2")
    delete(connection, "strava_3")
    return {("strava_1", "2"), ("strava_2", "2"), ("strava_4", "1"), ("strava_5", "1")}


@pytest.mark.parametrize("fault", OF_BATCHES.values(), ids=OF_BATCHES)
def test_trouble_with_a_batch_passes_and_all_is_right(
    sync: CalendarSyncer, connection: AnyConnection, fault: Fault
) -> None:
    sync.sandbox.faults.order(fault, path=BATCH, times=2)
    work = sync()
    assert (work.created, work.updated, work.failed) == (5, 0, 0)
    assert sync.slept == [2.0, 4.0]
    assert_right(sync, connection, ALL)

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
    assert_right(sync, connection, ALL)

    expected = change_all_ways(connection)
    sync.sandbox.faults.order(fault, inner=True, skip=1)
    work = sync()
    assert (work.updated, work.deleted, work.declined, work.failed) == (2, 1, 0, 0)
    assert_right(sync, connection, expected)


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


def test_a_token_that_ends_during_a_sync_is_replaced(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    sync.sandbox.faults.order(
        Change(lambda world: world.oauth.kill_access_tokens(), moment="after"), path=BATCH
    )
    assert sync().created == 5
    assert sync.sandbox.log.count(TOKEN) == 2
    assert_right(sync, connection, ALL)
