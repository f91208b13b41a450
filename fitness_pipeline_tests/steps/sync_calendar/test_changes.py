"""What changes here changes on the calendar, and nothing here waits for that."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event
from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.serving.faults import Change, Hold
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import BATCH, CalendarSyncer, add_runs, run, synced_runs
from fitness_pipeline_tests.steps.calendar_edits import delete, edit, restore
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet


def test_an_edit_reaches_the_event_with_its_version(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 2)
    sync()
    before = sync.event("strava_2")
    edit(connection, distance=7.5, avg_heart_rate=140.0)
    work = sync()
    assert (work.plan.sentence, work.updated) == ("0 create, 1 update, 0 delete", 1)
    row = sync.event("strava_1")
    assert row["summary"] == "7.5 mi Outdoor Run"
    assert "Heart rate 140 bpm" in row["description"]
    assert sync.shown() == {("strava_1", "2"), ("strava_2", "1")}
    assert synced_runs(connection)["strava_1"] == ["synced", 2, None]
    assert sync.event("strava_2") == before


def test_a_deleted_run_takes_its_event_away_and_a_restored_one_brings_it_back(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    sync()
    own_id = sync.event("strava_1")["id"]
    delete(connection)
    work = sync()
    assert (work.plan.sentence, work.deleted) == ("0 create, 0 update, 1 delete", 1)
    assert sync.shown() == {("strava_2", "1")}
    assert set(synced_runs(connection)) == {"strava_2"}
    assert quiet(sync)

    restore(connection)
    work = sync()
    assert (work.plan.sentence, work.created) == ("1 create, 0 update, 0 delete", 1)
    assert sync.event("strava_1")["id"] == own_id
    assert sync.shown() == {("strava_1", "3"), ("strava_2", "1")}
    assert synced_runs(connection)["strava_1"] == ["synced", 3, None]


def test_a_run_that_was_deleted_before_it_was_shown_never_is(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    delete(connection)
    assert quiet(sync)
    restore(connection)
    sync()
    assert sync.shown() == {("strava_1", "3")}


def test_a_renamed_shoe_is_renamed_in_the_events_of_its_runs(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    shoes = bulk_create_shoes_by_names(["Ghost", "Pegasus"], conn=connection)
    create_runs(connection, run(1, shoe_id=shoes["Ghost"]), run(2, shoe_id=shoes["Pegasus"]), run(3))
    sync()
    connection.execute("update shoes set name = 'Ghost 15' where name = 'Ghost'")
    connection.execute("update shoes set notes = 'so soft' where name = 'Pegasus'")
    assert sync().plan.sentence == "0 create, 1 update, 0 delete"
    assert "Shoe Ghost 15\n" in sync.event("strava_1")["description"]
    assert quiet(sync)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("CALENDAR_TITLE", "{distance_km} km", lambda row: row["summary"] == "8.0 km"),
        ("CALENDAR_DESCRIPTION", r"{pace_km}\n{type}", lambda row: "5:36\nOutdoor" in row["description"]),
        ("CALENDAR_TIMEZONE", "Asia/Tokyo", lambda row: row["start"]["timeZone"] == "Asia/Tokyo"),
        ("MMF_TIMEZONE", "Asia/Tokyo", lambda row: row["start"]["timeZone"] == "Asia/Tokyo"),
    ],
    ids=["title", "description", "time zone", "home"],
)
def test_other_settings_are_true_of_all_events(
    sync: CalendarSyncer,
    connection: AnyConnection,
    environment: pytest.MonkeyPatch,
    variable: str,
    value: str,
    told: Callable[[Row], bool],
) -> None:
    add_runs(connection, 3)
    sync()
    environment.setenv(variable, value)
    work = sync()
    assert (work.plan.sentence, work.requests) == ("0 create, 3 update, 0 delete", 1)
    assert [row for row in sync.calendar.live() if not told(row)] == []
    assert quiet(sync)


def test_a_run_that_is_edited_while_a_sync_is_under_way_comes_along(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 2)

    def change(_: Any) -> None:
        with connect() as other:
            edit(other, "strava_1")
            delete(other, "strava_2")
            create_runs(other, run(3))

    sync.sandbox.faults.order(Change(change), path=BATCH)
    work = sync()
    assert work.plan.sentence == "2 create, 0 update, 0 delete"
    assert (work.created, work.updated, work.deleted) == (3, 1, 1)
    assert sync.shown() == {("strava_1", "2"), ("strava_3", "1")}
    assert quiet(sync)


def test_editing_never_waits_for_the_calendar(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 3)
    sync()
    edit(connection, "strava_1", distance=6.0)
    hold = Hold()
    sync.sandbox.faults.order(hold, path=BATCH)
    with ThreadPoolExecutor(1) as pool:
        syncing = pool.submit(sync)
        try:
            assert hold.arrived.wait(60)
            with connection.transaction():
                connection.execute("set local lock_timeout = 1")
                edit(connection, "strava_1", distance=8.0)
                restore(connection, "strava_1")
                delete(connection, "strava_2")
                create_runs(connection, run(4))
                decline_event("strava_3", "primary", conn=connection)
        finally:
            hold.release()
        syncing.result()
    assert sync.shown() == {("strava_1", "4"), ("strava_4", "1")}
