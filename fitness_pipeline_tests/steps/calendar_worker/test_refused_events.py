"""What concerns one event stops no other; it is tried again at growing distance."""

from datetime import timedelta

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event
from fitness_pipeline.db.calendar_work import count_events
from fitness_pipeline.db.calendars import find_calendar
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.batch_faults import about
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, event_id, synced_runs
from fitness_pipeline_tests.steps.calendar_edits import delete, edit
from fitness_pipeline_tests.steps.calendar_worker.five_runs import (
    ALL,
    IDS,
    REFUSAL,
    assert_right,
    next_try,
    strike_one,
)


def minutes_to_next_try(sync: CalendarSyncer, connection: AnyConnection) -> int:
    """In how many minutes that is; it is then, after this."""
    minutes = (next_try(connection) - sync.clock()) // timedelta(minutes=1)
    sync.clock.now = next_try(connection)
    return minutes


def test_a_refused_event_stops_no_other_and_says_why(sync: CalendarSyncer, connection: AnyConnection) -> None:
    strike_one(sync, connection, REFUSAL)
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
    strike_one(sync, connection, REFUSAL)
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
    assert_right(sync, connection, ALL)


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
    assert_right(sync, connection, ALL)


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
    strike_one(sync, connection, REFUSAL, times=1)
    sync()
    edit(connection, "strava_2")
    assert sync().created == 1
    assert_right(sync, connection, {(run_id, "2" if run_id == "strava_2" else "1") for run_id in IDS})


@pytest.mark.parametrize("way", ["deleted", "declined", "moved"])
def test_nothing_is_said_any_more_of_an_event_that_failed_and_that_nobody_wants_now(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch, way: str
) -> None:
    strike_one(sync, connection, REFUSAL, times=1)
    sync()
    assert count_events(conn=connection).failed == 1
    if way == "deleted":
        delete(connection, "strava_2")
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
    strike_one(sync, connection, REFUSAL)
    assert sync().failed == 1
    assert ("strava_2", "1") in sync.shown()
    assert synced_runs(connection)["strava_2"] == ["failed", 1, "Google answered 400 invalid: Bad thing."]


def test_a_deletion_that_is_refused_is_tried_again(sync: CalendarSyncer, connection: AnyConnection) -> None:
    sync()
    delete(connection, "strava_2")
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
