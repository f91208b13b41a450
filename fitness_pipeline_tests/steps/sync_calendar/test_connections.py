"""Without a connection nothing is done; who connects again finds the events that stayed."""

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.errors import NotConnected, PermissionRefused
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import (
    CalendarSyncer,
    add_runs,
    connect_google,
    known_events,
    run,
    serving,
    synced_runs,
)
from fitness_pipeline_tests.steps.calendar_edits import delete, edit
from fitness_pipeline_tests.steps.sync_calendar.asking import quiet


def test_without_a_connection_nothing_is_done(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 1)
    connection.execute("delete from oauth_credentials; delete from normalized.connections")
    with pytest.raises(NotConnected, match="fitness-pipeline auth google"):
        sync()
    assert known_events(connection) == []


def test_changes_are_noted_only_while_there_is_a_calendar(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    noted = "select count(*) from normalized.calendar_changes"
    add_runs(connection, 2)
    assert fetch_value(connection, noted) == 0
    sync()
    edit(connection)
    assert fetch_value(connection, noted) == 1
    sync.disconnect(are_events_removed=False)
    edit(connection)
    assert fetch_value(connection, noted) == 0


def test_a_disconnected_calendar_keeps_its_events(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 2)
    sync()
    sync.sandbox.log.clear()
    sync.disconnect(are_events_removed=False)
    assert sync.sandbox.log.count() == 0
    assert len(sync.shown()) == 2
    assert find_connection("google", conn=connection) is None
    with pytest.raises(NotConnected):
        sync()


def test_who_connects_again_finds_the_events_that_stayed(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    first, second = add_runs(connection, 2)
    sync()
    before = {row["id"] for row in sync.calendar.live()}
    sync.disconnect(are_events_removed=False)
    assert synced_runs(connection) == {}
    update_run_with_history(first, {"distance": 9.0}, "me", conn=connection)
    sync.calendar.delete_as_the_runner(sync.event(second)["id"])
    connect_google(sync.sandbox)
    work = sync()
    assert sync.shown() == {(first, "2")}
    assert {row["id"] for row in sync.calendar.live()} < before
    assert work.declined == 1


def test_another_account_gets_events_of_its_own(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    runs = add_runs(connection, 2)
    sync()
    sync.disconnect(are_events_removed=False)
    with serving(sync.clock, environment) as theirs:
        connect_google(theirs)
        other = CalendarSyncer(theirs, sync.clock)
        assert other().created == 2
        assert {run_id for run_id, _ in other.shown()} == set(runs)
        assert other().requests == 0


def test_a_disconnected_calendar_takes_its_events_along_when_it_is_asked_to(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 3)
    sync()
    add_runs_later = run(4)
    create_runs(connection, add_runs_later)
    work = sync.disconnect(are_events_removed=True)
    assert (work.plan.sentence, work.deleted, work.created) == ("0 create, 0 update, 3 delete", 3, 0)
    assert sync.calendar.live() == []
    assert synced_runs(connection) == {}
    assert find_connection("google", conn=connection) is None


@pytest.mark.parametrize("are_events_removed", [False, True])
def test_who_connects_again_finds_all_runs_on_the_calendar_once(
    sync: CalendarSyncer, connection: AnyConnection, are_events_removed: bool
) -> None:
    add_runs(connection, 4)
    sync()
    decline_event("strava_4", "primary", conn=connection)
    sync.disconnect(are_events_removed=are_events_removed)
    edit(connection, "strava_1")
    delete(connection, "strava_2")
    create_runs(connection, run(5))
    connect_google(sync.sandbox)
    sync()
    assert sync.shown() == {("strava_1", "2"), ("strava_3", "1"), ("strava_5", "1")}
    assert quiet(sync)


def test_events_that_cannot_be_removed_now_keep_it_connected(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    sync()
    sync.calendar.role = "reader"
    with pytest.raises(PermissionRefused):
        sync.disconnect(are_events_removed=True)
    assert find_connection("google", conn=connection) is not None
    sync.calendar.role = "owner"
    assert sync.disconnect(are_events_removed=True).deleted == 2
    assert find_connection("google", conn=connection) is None
