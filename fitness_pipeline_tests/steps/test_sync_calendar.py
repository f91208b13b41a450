"""The calendar shows the runs: each one once, as it is now, and with what the runner added to its event."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.calendar_work import count_events
from fitness_pipeline.db.connection import AnyConnection, connect
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.provider_connections import find_connection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import restore_run_version, soft_delete_run, update_run_with_history
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline.errors import CalendarMissing, NotConnected, PermissionRefused
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.serving.faults import Change, Hold
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.calendar_sync import (
    BATCH,
    NOW,
    CalendarDatabase,
    CalendarSyncer,
    add_runs,
    calendar_database,
    connect_google,
    connected,
    event_id,
    known_events,
    private,
    run,
    serving,
    synced_runs,
)

OTHER = "runs@group.calendar.google.com"


@pytest.fixture(scope="module")
def database(server: EmbeddedServer, migrated_template: str) -> Iterator[CalendarDatabase]:
    """A database for all of these tests."""
    with calendar_database(server, migrated_template) as made:
        yield made


@pytest.fixture
def connection(database: CalendarDatabase) -> AnyConnection:
    """A connection to it."""
    return database.connection


@pytest.fixture
def sync(
    database: CalendarDatabase, environment: pytest.MonkeyPatch, data_dir: Path
) -> Iterator[CalendarSyncer]:
    """Syncs to a Google Calendar that was just connected, and is empty as the database is."""
    database.empty()
    environment.setenv("DATABASE_URL", database.url)
    with connected(environment) as syncer:
        yield syncer


def edit(connection: AnyConnection, run_id: str = "strava_1", **updates: Any) -> None:
    update_run_with_history(run_id, updates or {"distance": 7.5}, "Ada", conn=connection)


def delete(connection: AnyConnection, run_id: str = "strava_1") -> None:
    soft_delete_run(run_id, "Ada", conn=connection)


def restore(connection: AnyConnection, run_id: str = "strava_1") -> None:
    restore_run_version(run_id, 1, "Ada", conn=connection)


def batches(sync: CalendarSyncer) -> list[list[str]]:
    """The methods of the calls of each batch; all other requests were for tokens."""
    requests = [request for request in sync.sandbox.log.requests if request.path != "/token"]
    assert {request.path for request in requests} <= {BATCH}
    return [
        sorted(call.method for call in sync.sandbox.log.inner_calls if call.batch == request.number)
        for request in requests
    ]


def quiet(sync: CalendarSyncer) -> bool:
    """Whether another sync makes no request, not even for a token."""
    sync.sandbox.log.clear()
    sync.sandbox.world.oauth.kill_access_tokens()
    work = sync()
    return (sync.sandbox.log.count(), work.requests, work.plan.sentence) == (
        0,
        0,
        "0 create, 0 update, 0 delete",
    )


def instants(row: Row) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(row["start"]["dateTime"]), datetime.fromisoformat(row["end"]["dateTime"])


# What an event is


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


# What costs what


@pytest.mark.parametrize(("size", "expected"), [(50, 1), (4, 2), (2, 4), (7, 1)])
def test_changes_cost_a_batch_for_as_many_as_fit_and_no_reads(
    sync: CalendarSyncer,
    connection: AnyConnection,
    environment: pytest.MonkeyPatch,
    size: int,
    expected: int,
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", str(size))
    ids = add_runs(connection, 7)
    assert sync().requests == expected
    assert [method for batch in batches(sync) for method in batch] == ["POST"] * 7

    sync.sandbox.log.clear()
    for run_id in ids[:6]:
        edit(connection, run_id)
    delete(connection, ids[6])
    work = sync()
    assert (work.requests, work.plan.sentence) == (expected, "0 create, 6 update, 1 delete")
    assert sorted(method for batch in batches(sync) for method in batch) == ["DELETE", *["PATCH"] * 6]
    assert quiet(sync)


def test_newest_runs_come_first(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("CALENDAR_BATCH_SIZE", "2")
    ids = add_runs(connection, 4)
    shown: list[set[str]] = []
    sync.sandbox.faults.order(
        Change(lambda _: shown.append({run_id for run_id, _ in sync.shown()}), moment="after"),
        path=BATCH,
        times=None,
    )
    sync()
    assert shown == [set(ids[:2]), set(ids)]


# What changes


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


# What the runner did to an event


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


def test_an_event_that_the_runner_changed_costs_two_more_batches(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 3)
    sync()
    sync.calendar.edit_as_the_runner(event_id(connection, "strava_1"), location="Lakefront Trail")
    for number in (1, 2, 3):
        edit(connection, f"strava_{number}")
    sync.sandbox.log.clear()
    sync()
    assert batches(sync) == [["PATCH"] * 3, ["GET"], ["PATCH"]]


def test_an_event_that_the_runner_changed_goes_with_its_run(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 1)
    sync()
    sync.calendar.edit_as_the_runner(event_id(connection, "strava_1"), location="Lakefront Trail")
    delete(connection)
    assert sync().deleted == 1
    assert sync.shown() == set()


def test_an_event_that_the_runner_deleted_is_left_alone_for_good(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 2)
    sync()
    sync.calendar.delete_as_the_runner(event_id(connection, "strava_1"))
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
    sync.calendar.delete_as_the_runner(event_id(connection, "strava_1"))
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
    own_id = event_id(connection, "strava_1")
    sync.calendar.delete_as_the_runner(own_id)
    if is_purged:
        sync.calendar.purge(own_id)
    delete(connection)
    work = sync()
    assert (work.deleted, work.failed) == (1, 0)
    assert synced_runs(connection) == {}
    assert quiet(sync)


# What the runner says of a run


def test_a_run_that_is_wanted_again_is_revived(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 1)
    sync()
    own_id = event_id(connection, "strava_1")
    sync.calendar.delete_as_the_runner(own_id)
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
    own_id = event_id(connection, "strava_1")
    sync.calendar.delete_as_the_runner(own_id)
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


@pytest.mark.parametrize("is_purged", [False, True])
def test_an_event_that_was_deleted_in_google_comes_back_though_nobody_had_noticed(
    sync: CalendarSyncer, connection: AnyConnection, is_purged: bool
) -> None:
    add_runs(connection, 1)
    sync()
    own_id = event_id(connection, "strava_1")
    sync.calendar.delete_as_the_runner(own_id)
    if is_purged:
        sync.calendar.purge(own_id)
    want_event_again("strava_1", "primary", conn=connection)
    work = sync()
    assert (work.created, work.declined) == (1, 0)
    assert sync.shown() == {("strava_1", "1")}
    assert quiet(sync)


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


# What has the id already


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


# Another calendar


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


# A calendar that cannot be used


def test_a_calendar_that_is_not_there_is_named(
    sync: CalendarSyncer, connection: AnyConnection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("GOOGLE_CALENDAR_ID", OTHER)
    add_runs(connection, 2)
    with pytest.raises(CalendarMissing, match=rf"no calendar '{OTHER}'.+set GOOGLE_CALENDAR_ID"):
        sync()
    assert synced_runs(connection) == {}
    sync.world.add_calendar(OTHER)
    assert sync().created == 2


@pytest.mark.parametrize("change", [edit, delete], ids=["to update", "to delete"])
def test_a_calendar_that_is_not_shared_any_more_looks_like_no_deletion_of_the_runners(
    sync: CalendarSyncer, connection: AnyConnection, change: Callable[[AnyConnection], None]
) -> None:
    add_runs(connection, 2)
    sync()
    sync.calendar.is_shared = False
    change(connection)
    with pytest.raises(CalendarMissing):
        sync()
    assert count_events(conn=connection).declined == 0
    assert synced_runs(connection)["strava_1"] == ["synced", 1, None]
    sync.calendar.is_shared = True
    work = sync()
    assert work.updated + work.deleted == 1
    assert quiet(sync)


@pytest.mark.parametrize("change", [None, edit, delete], ids=["to create", "to update", "to delete"])
def test_a_calendar_that_can_only_be_read_is_named(
    sync: CalendarSyncer,
    connection: AnyConnection,
    change: Callable[[AnyConnection], None] | None,
) -> None:
    add_runs(connection, 1)
    if change is not None:
        sync()
        change(connection)
    before = synced_runs(connection)
    sync.calendar.role = "reader"
    with pytest.raises(PermissionRefused, match=r"write to the calendar 'primary'.+writer access"):
        sync()
    assert synced_runs(connection) == before
    assert (count_events(conn=connection).declined, count_events(conn=connection).failed) == (0, 0)
    sync.calendar.role = "owner"
    sync()
    assert quiet(sync)


# What `synced_runs` says


def test_a_request_is_recorded_before_it_is_made(sync: CalendarSyncer, connection: AnyConnection) -> None:
    said: list[dict[str, Sequence[Any]]] = []

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


# One at a time


def test_a_second_sync_waits_and_finds_nothing_left_to_do(
    sync: CalendarSyncer, connection: AnyConnection
) -> None:
    add_runs(connection, 3)
    hold = Hold()
    sync.sandbox.faults.order(hold, path=BATCH)
    second = CalendarSyncer(sync.sandbox, sync.clock)
    with ThreadPoolExecutor(2) as pool:
        first_work = pool.submit(sync)
        try:
            assert hold.arrived.wait(60)
            second_work = pool.submit(second)
            while "Waiting for another sync of the calendar." not in second.told:
                assert not second_work.done()
        finally:
            hold.release()
        assert (first_work.result().created, second_work.result().created) == (3, 0)
    assert (second_work.result().requests, batches(sync)) == (0, [["POST"] * 3])
    assert len(sync.calendar.all()) == 3


def test_a_sync_waits_for_another_processs_turn(sync: CalendarSyncer, connection: AnyConnection) -> None:
    add_runs(connection, 1)
    with ThreadPoolExecutor(1) as pool:
        with connection.transaction():
            take_turn(connection, "calendar sync")
            work = pool.submit(sync)
            while not sync.told:
                assert not work.done()
            assert sync.sandbox.log.count() == 0
        assert work.result().created == 1
    assert sync.told[0] == "Waiting for another sync of the calendar."


# Connected or not


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
