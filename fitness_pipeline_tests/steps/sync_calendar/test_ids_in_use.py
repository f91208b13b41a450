"""Google has an event of that id already: ours is taken over, somebody else's is left alone."""

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs, event_id, run, synced_runs
from fitness_pipeline_tests.steps.calendar_edits import delete, edit
from fitness_pipeline_tests.steps.sync_calendar.asking import batches, quiet


def forget(connection: AnyConnection) -> None:
    """Lose what was known of events, as a database does that is restored from an old copy."""
    connection.execute("delete from synced_runs; delete from normalized.calendar_events")
    connection.execute("update normalized.calendar set rules = ''")


def test_an_event_that_is_there_already_is_taken_over(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync()
    before = sync.event("strava_1")
    forget(connection)
    sync()
    assert sync.event("strava_1") == before
    assert synced_runs(connection) == {"strava_1": ["synced", 1, None]}
    assert quiet(sync)


def test_an_event_that_is_there_already_is_brought_up_to_date(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync()
    forget(connection)
    edit(connection)
    sync.sandbox.log.clear()
    sync()
    assert batches(sync) == [["POST"], ["GET"], ["PATCH"]]
    assert sync.shown() == {("strava_1", "2")}
    assert sync.event("strava_1")["summary"] == "7.5 mi Outdoor Run"


def test_an_event_that_was_there_and_that_the_runner_deleted_is_not_made_again(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync()
    sync.calendar.delete_as_the_runner(event_id(connection, "strava_1"))
    forget(connection)
    sync.sandbox.log.clear()
    work = sync()
    assert batches(sync) == [["POST"], ["GET"]]
    assert (work.created, work.declined) == (0, 1)
    assert synced_runs(connection) == {}
    edit(connection)
    assert quiet(sync)


def test_an_id_that_belongs_to_something_else_is_left_alone_and_the_next_one_is_taken(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    create_runs(connection, run(1))
    day = {"start": {"date": "2026-03-01"}, "end": {"date": "2026-03-02"}}
    theirs = [
        sync.calendar.insert({"id": event_id(connection, "strava_1"), "summary": "Dentist", **day}),
        sync.calendar.insert(
            {
                "id": event_id(connection, "strava_1", 1),
                "extendedProperties": {"private": {"fitness_run_id": "strava_2"}},
                **day,
            }
        ),
    ]
    sync()
    assert sync.event("strava_1")["id"] == event_id(connection, "strava_1", 2)
    edit(connection)
    sync()
    delete(connection)
    sync()
    assert sync.calendar.live() == theirs
    assert quiet(sync)
