"""What `synced_runs` says of each run."""

from typing import Any

from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.sandbox.serving.faults import Change
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import BATCH, CalendarSyncer, run, synced_runs
from fitness_pipeline_tests.steps.calendar_edits import delete, edit


def test_a_request_is_recorded_before_it_is_made(sync: CalendarSyncer, connection: AnyConnection) -> None:
    said = []

    def look(_: Any) -> None:
        with connect() as other:
            said.append(synced_runs(other))

    sync.sandbox.faults.order(Change(look), path=BATCH, times=None)
    create_runs(connection, run(1))
    sync()
    edit(connection)
    sync()
    delete(connection)
    sync()
    assert said == [
        {"strava_1": ["pending", 1, None]},
        {"strava_1": ["pending", 1, None]},
        {"strava_1": ["pending", 2, None]},
    ]
    assert synced_runs(connection) == {}


def test_it_names_the_event_and_when_it_was_written(sync: CalendarSyncer, connection: AnyConnection) -> None:
    create_runs(connection, run(1))
    sync()
    (named,) = connection.execute("select google_event_id, synced_at is not null from synced_runs")
    assert named == (sync.event("strava_1")["id"], True)
