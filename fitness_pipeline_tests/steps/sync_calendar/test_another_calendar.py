"""Another calendar in the settings takes the events over."""

from datetime import timedelta

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.calendar_work import count_events
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs, event_id, synced_runs
from fitness_pipeline_tests.steps.calendar_edits import edit
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet

OTHER = "runs@group.calendar.google.com"


def test_another_calendar_takes_the_events_over(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    add_runs(connection, 3)
    sync()
    sync.calendar.delete_as_the_runner(event_id(connection, "strava_3"))
    edit(connection, "strava_3")
    sync()
    former = sync.calendar
    sync.world.add_calendar(OTHER)
    environment.setenv("GOOGLE_CALENDAR_ID", OTHER)
    work = sync()
    assert (work.plan.sentence, work.requests) == ("2 create, 0 update, 2 delete", 1)
    assert former.live() == []
    assert sync.shown() == {("strava_1", "1"), ("strava_2", "1")}
    assert synced_runs(connection) == {run_id: ["synced", 1, None] for run_id in ("strava_1", "strava_2")}
    assert quiet(sync)

    edit(connection)
    sync()
    assert sync.shown() == {("strava_1", "2"), ("strava_2", "1")}
    environment.setenv("GOOGLE_CALENDAR_ID", "primary")
    sync()
    assert sync.shown() == {("strava_1", "2"), ("strava_2", "1")}
    assert sync.world.calendar(OTHER).live() == []


def test_a_declined_run_that_is_wanted_again_comes_to_the_other_calendar(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    add_runs(connection, 1)
    decline_event("strava_1", "primary", conn=connection)
    sync()
    sync.world.add_calendar(OTHER)
    environment.setenv("GOOGLE_CALENDAR_ID", OTHER)
    sync()
    assert sync.calendar.live() == []
    want_event_again("strava_1", OTHER, conn=connection)
    sync()
    assert sync.shown() == {("strava_1", "1")}
    assert sync.world.calendar("primary").live() == []


def test_a_calendar_that_is_no_more_leaves_nothing_to_delete(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("GOOGLE_CALENDAR_ID", OTHER)
    sync.world.add_calendar(OTHER)
    add_runs(connection, 2)
    sync()
    sync.world.remove(OTHER)
    environment.setenv("GOOGLE_CALENDAR_ID", "primary")
    work = sync()
    assert (work.created, work.deleted, work.failed) == (2, 2, 0)
    assert sync.shown() == {("strava_1", "1"), ("strava_2", "1")}
    assert quiet(sync)


def test_a_calendar_that_may_not_be_written_to_any_more_keeps_nobody_from_another_one(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("GOOGLE_CALENDAR_ID", OTHER)
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    former = sync.world.add_calendar(OTHER)
    add_runs(connection, 3)
    sync()
    former.role = "reader"
    environment.setenv("GOOGLE_CALENDAR_ID", "primary")
    work = sync()
    assert (work.created, work.deleted, work.failed) == (3, 0, 3)
    assert sync.shown() == {(f"strava_{number}", "1") for number in (1, 2, 3)}
    assert "writer access" in (count_events(conn=connection).first_error or "")

    former.role = "owner"
    sync.clock.advance(timedelta(minutes=6))
    assert sync().deleted == 3
    assert former.live() == []
    assert count_events(conn=connection).failed == 0
