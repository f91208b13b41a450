"""A run that the runner takes off the calendar stays off."""

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs
from fitness_pipeline_tests.steps.calendar_edits import edit
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet


def test_a_run_that_the_runner_takes_off_stays_off(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 2)
    sync()
    decline_event("strava_1", "primary", conn=connection)
    work = sync()
    assert (work.deleted, work.declined) == (1, 0)
    edit(connection)
    assert quiet(sync)
    assert sync.shown() == {("strava_2", "1")}
    want_event_again("strava_1", "primary", conn=connection)
    sync()
    assert sync.shown() == {("strava_1", "2"), ("strava_2", "1")}


def test_a_run_can_be_taken_off_before_it_was_ever_shown(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    decline_event("strava_1", "primary", conn=connection)
    sync()
    assert sync.shown() == {("strava_2", "1")}
