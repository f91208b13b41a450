"""An event that the runner deleted in Google stays deleted, until it is wanted again."""

import pytest

from fitness_pipeline.db.calendar_wishes import want_event_again
from fitness_pipeline.db.calendar_work import count_events
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, add_runs, event_id, synced_runs
from fitness_pipeline_tests.steps.calendar_edits import delete, edit, restore
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet


def delete_in_google(sync: CalendarSyncer, connection: AnyConnection, *, is_purged: bool = False) -> str:
    """Delete the event of the first run in Google, perhaps for good; return its id."""
    own_id = event_id(connection, "strava_1")
    sync.calendar.delete_as_the_runner(own_id)
    if is_purged:
        sync.calendar.purge(own_id)
    return own_id


def test_an_event_that_the_runner_deleted_is_left_alone_for_good(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    sync()
    delete_in_google(sync, connection)
    edit(connection)
    work = sync()
    assert (work.declined, work.updated, work.failed) == (1, 0, 0)
    assert set(synced_runs(connection)) == {"strava_2"}
    assert count_events(conn=connection).declined == 1
    for number in range(3):
        edit(connection, distance=number + 10.0)
        assert quiet(sync)
    assert sync.shown() == {("strava_2", "1")}


def test_not_even_a_restored_run_or_other_settings_bring_back_what_the_runner_deleted(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    add_runs(connection, 1)
    sync()
    delete_in_google(sync, connection)
    edit(connection)
    sync()
    delete(connection)
    restore(connection)
    environment.setenv("CALENDAR_TITLE", "{type}")
    assert quiet(sync)
    assert sync.calendar.live() == []


@pytest.mark.parametrize("is_purged", [False, True])
def test_an_event_that_is_gone_already_counts_as_deleted(
    sync: CalendarSyncer, connection: AnyConnection, is_purged: bool
) -> None:
    add_runs(connection, 1)
    sync()
    delete_in_google(sync, connection, is_purged=is_purged)
    delete(connection)
    work = sync()
    assert (work.deleted, work.failed) == (1, 0)
    assert synced_runs(connection) == {}
    assert quiet(sync)


def test_a_run_that_is_wanted_again_is_revived(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 1)
    sync()
    own_id = delete_in_google(sync, connection)
    edit(connection)
    sync()
    want_event_again("strava_1", "primary", conn=connection)
    assert sync().created == 1
    assert sync.event("strava_1")["id"] == own_id
    assert sync.shown() == {("strava_1", "2")}
    assert count_events(conn=connection).declined == 0
    assert quiet(sync)


@pytest.mark.parametrize("way", ["refused", "purged"])
def test_a_run_whose_event_cannot_be_revived_gets_another_one(
    sync: CalendarSyncer, connection: AnyConnection, way: str
) -> None:
    add_runs(connection, 1)
    sync()
    own_id = delete_in_google(sync, connection)
    edit(connection)
    sync()
    if way == "refused":
        sync.world.refuses_reviving = True
    else:
        sync.calendar.purge(own_id)
    want_event_again("strava_1", "primary", conn=connection)
    assert sync().created == 1
    assert sync.event("strava_1")["id"] == event_id(connection, "strava_1", 1)
    assert quiet(sync)

    edit(connection, distance=9.0)
    sync()
    assert sync.event("strava_1")["summary"] == "9.0 mi Outdoor Run"
    delete(connection)
    sync()
    assert sync.shown() == set()


@pytest.mark.parametrize("is_purged", [False, True])
def test_an_event_that_was_deleted_in_google_comes_back_though_nobody_had_noticed(
    sync: CalendarSyncer, connection: AnyConnection, is_purged: bool
) -> None:
    add_runs(connection, 1)
    sync()
    delete_in_google(sync, connection, is_purged=is_purged)
    want_event_again("strava_1", "primary", conn=connection)
    work = sync()
    assert (work.created, work.declined) == (1, 0)
    assert sync.shown() == {("strava_1", "1")}
    assert quiet(sync)
