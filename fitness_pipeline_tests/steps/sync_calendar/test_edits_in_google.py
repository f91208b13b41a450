"""What the runner added to an event in Google survives whatever a sync does to it."""

from typing import Any

import pytest

from fitness_pipeline.db.calendar_wishes import want_event_again
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs, event_id, run
from fitness_pipeline_tests.steps.calendar_edits import delete, edit, restore
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet

OWN: dict[str, Any] = {
    "reminders": {"useDefault": False, "overrides": [{"method": "popup", "minutes": 10}]},
    "location": "Lakefront Trail",
    "colorId": "5",
    "visibility": "private",
}


@pytest.mark.parametrize("end_of_line", ["\n", "<br>"], ids=["as it is", "saved in Google's editor"])
@pytest.mark.parametrize("around", ["{}\nSo hot!", "With Ada.\n{}", "With Ada.\n\n{}\n\nSo hot!"])
def test_what_the_runner_added_survives_any_edit(
    sync: CalendarSyncer, connection: AnyConnection, around: str, end_of_line: str
) -> None:
    create_runs(connection, run(1))
    sync()
    ours = sync.event("strava_1")["description"]
    written = around.format(ours).replace("\n", end_of_line)
    sync.calendar.edit_as_the_runner(event_id(connection, "strava_1"), description=written, **OWN)
    for distance in (6.0, 7.5):
        edit(connection, distance=distance)
        assert sync().updated == 1
    row = sync.event("strava_1")
    assert {name: row[name] for name in OWN} == OWN
    ours = "Pace 6:00 /mi\nDuration 45:00\nRun strava_1"
    assert row["description"] == around.format(ours).replace("\n", end_of_line)
    assert row["summary"] == "7.5 mi Outdoor Run"
    assert quiet(sync)


def test_what_the_runner_wrote_into_our_part_survives_behind_it(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    create_runs(connection, run(1))
    sync()
    own_id = event_id(connection, "strava_1")
    sync.calendar.edit_as_the_runner(own_id, description="Pace 9:00 /mi, downhill!\nRun strava_1")
    edit(connection, distance=7.5)
    sync()
    edit(connection, distance=6.0)
    sync()
    assert sync.event("strava_1")["description"] == (
        "Pace 7:30 /mi\nDuration 45:00\nRun strava_1\n\nPace 9:00 /mi, downhill!\nRun strava_1"
    )


def test_what_the_runner_added_survives_deletion_and_restoring_of_the_run(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    create_runs(connection, run(1))
    sync()
    ours = sync.event("strava_1")["description"]
    sync.calendar.edit_as_the_runner(
        event_id(connection, "strava_1"), description=f"With Ada.\n{ours}", **OWN
    )
    delete(connection)
    sync()
    assert sync.shown() == set()
    restore(connection)
    sync()
    row = sync.event("strava_1")
    assert row["description"] == f"With Ada.\n{ours}"
    assert {name: row[name] for name in OWN} == OWN


def test_an_event_that_the_runner_changed_goes_with_its_run(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync()
    sync.calendar.edit_as_the_runner(event_id(connection, "strava_1"), location="Lakefront Trail")
    delete(connection)
    assert sync().deleted == 1
    assert sync.shown() == set()


def test_an_event_that_was_changed_in_google_is_written_again_when_it_is_wanted_again(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync()
    own_id, ours = event_id(connection, "strava_1"), sync.event("strava_1")["description"]
    sync.calendar.edit_as_the_runner(own_id, summary="Nonsense", description=f"With Ada.\n{ours}")
    assert quiet(sync)
    want_event_again("strava_1", "primary", conn=connection)
    assert sync().updated == 1
    row = sync.event("strava_1")
    assert (row["summary"], row["description"]) == ("5.0 mi Outdoor Run", f"With Ada.\n{ours}")
    assert quiet(sync)
