"""Every run is on the calendar once, as an event that tells of it."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.calendar_sync import (
    CalendarSyncer,
    add_runs,
    event_id,
    known_events,
    private,
    run,
    synced_runs,
)
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.calendar_edits import edit, restore
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet


def instants(row: Row) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(row["start"]["dateTime"]), datetime.fromisoformat(row["end"]["dateTime"])


def test_every_run_is_on_the_calendar_once(sync: CalendarSyncer, connection: AnyConnection) -> None:
    ids = add_runs(connection, 3)
    work = sync()
    assert (work.plan.sentence, work.created, work.updated, work.deleted, work.failed) == (
        "3 create, 0 update, 0 delete",
        3,
        0,
        0,
        0,
    )
    assert sync.shown() == {(run_id, "1") for run_id in ids}
    assert synced_runs(connection) == {run_id: ["synced", 1, None] for run_id in ids}
    assert quiet(sync)
    assert sync.shown() == {(run_id, "1") for run_id in ids}


def test_an_event_tells_of_its_run(sync: CalendarSyncer, connection: AnyConnection) -> None:
    shoes = bulk_create_shoes_by_names(["Brooks Ghost 15"], conn=connection)
    start = datetime(2026, 3, 9, 13, 57, 49, tzinfo=UTC)
    create_runs(
        connection,
        run(datetime_utc=start, distance=5.2, avg_heart_rate=151.0, shoe_id=shoes["Brooks Ghost 15"]),
    )
    sync()
    row = sync.event("strava_1")
    assert row["summary"] == "5.2 mi Outdoor Run"
    assert row["description"].split("\n") == [
        "Pace 8:39 /mi",
        "Duration 45:00",
        "Heart rate 151 bpm",
        "Shoe Brooks Ghost 15",
        "Run strava_1",
    ]
    assert instants(row) == (start, start + timedelta(minutes=45))
    assert row["start"]["timeZone"] == row["end"]["timeZone"] == "America/Chicago"
    (known,) = known_events(connection)
    assert private(row) == {
        "fitness_run_id": "strava_1",
        "fitness_run_version": "1",
        "fitness_content_hash": known["held_hash"],
    }


def test_ids_follow_from_run_and_generation_in_the_alphabet_that_google_demands(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    create_runs(connection, run(1), new_run("mmf_8622076198", datetime_utc=NOW - timedelta(days=1)))
    sync()
    ids = [row["id"] for row in sync.calendar.live()]
    assert sorted(ids) == sorted(event_id(connection, name) for name in ("strava_1", "mmf_8622076198"))
    generations = [event_id(connection, "strava_1", generation) for generation in range(9)]
    assert len({*ids, *generations}) == 10
    assert all(re.fullmatch("[0-9a-v]{5,1024}", each) for each in (*ids, *generations))


def test_a_run_known_only_by_its_day_takes_the_day_until_the_runner_tells_its_start(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    create_runs(connection, new_run("mmf_1", datetime_utc=datetime(2026, 3, 6, 18, tzinfo=UTC)))
    sync()
    row = sync.event("mmf_1")
    assert (row["start"], row["end"]) == ({"date": "2026-03-06"}, {"date": "2026-03-07"})

    start = datetime(2026, 3, 6, 12, 30, tzinfo=UTC)
    edit(connection, "mmf_1", datetime_utc=start)
    sync()
    row = sync.event("mmf_1")
    assert instants(row) == (start, start + timedelta(minutes=30))
    assert "date" not in {*row["start"], *row["end"]}

    restore(connection, "mmf_1")
    sync()
    assert sync.event("mmf_1")["start"] == {"date": "2026-03-06"}


def test_days_are_shown_as_instants_where_that_is_set(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_ALL_DAY", "false")
    noon = datetime(2026, 3, 6, 18, tzinfo=UTC)
    create_runs(connection, new_run("mmf_1", datetime_utc=noon))
    sync()
    assert instants(sync.event("mmf_1")) == (noon, noon + timedelta(minutes=30))
