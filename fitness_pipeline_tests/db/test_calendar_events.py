"""What is known of events, and what `synced_runs` shows of it."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline.calendar.known_event import KnownEvent
from fitness_pipeline.db.calendar_events import (
    Beginning,
    EventCounts,
    Finding,
    count_events,
    count_work,
    decline_event,
    describe_work,
    events_to_work_on,
    record_beginnings,
    record_findings,
    want_event_again,
    want_no_events,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import soft_delete_run
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline.errors import RunNotFound
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import NOW, add_runs, event_id, known_events, run, synced_runs

HELD: dict[str, Any] = {"state": "present", "held_hash": "a", "held_version": 1, "etag": '"1"'}
ABSENT: dict[str, Any] = {"state": "absent", "held_hash": None, "held_version": None, "etag": None}


def want(connection: AnyConnection, run_id: str = "strava_1", generation: int = 0, **values: Any) -> None:
    """Write a row of an event that is wanted with content `a`, but for what is given."""
    wanted = {"wanted_hash": "a", "wanted_version": 1, "calendar_id": "primary", **values}
    connection.execute(
        f"""
        insert into normalized.calendar_events (run_id, generation, {", ".join(wanted)})
        values (%s, %s{", %s" * len(wanted)})
        """.encode(),  # noqa: S608 - the names are those of this file
        [run_id, generation, *wanted.values()],
    )


def to_do(connection: AnyConnection, now: datetime = NOW) -> list[KnownEvent]:
    return [item.event for item in events_to_work_on(10, now, conn=connection)]


def begin(connection: AnyConnection, event: KnownEvent) -> KnownEvent:
    """Record that the event is about to be inserted."""
    record_beginnings(
        connection, [Beginning(event_row=event.id, unfinished="insert", description="Pace 9:00")]
    )
    return replace(event, unfinished="insert", unfinished_description="Pace 9:00")


def finish(connection: AnyConnection, event: KnownEvent, **values: Any) -> None:
    """Record that the event was written."""
    written = replace(event, unfinished=None, unfinished_description=None, description="Pace 9:00", **HELD)
    record_findings(connection, [Finding(event=written, is_synced=True, **values)])


@pytest.fixture
def runs(scratch: AnyConnection) -> AnyConnection:
    """A database with three runs."""
    add_runs(scratch, 3)
    return scratch


# Ids


@given(
    run_id=st.text(st.characters(exclude_characters="\0", codec="utf-8")), generation=st.integers(0, 10**6)
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_id_follows_from_run_and_generation_alone(
    scratch: AnyConnection, run_id: str, generation: int
) -> None:
    expected = hashlib.sha256(f"{run_id}:{generation}".encode()).hexdigest()
    assert event_id(scratch, run_id, generation) == expected


def test_a_row_cannot_have_another_id(runs: AnyConnection) -> None:
    want(runs)
    assert [row["event_id"] for row in known_events(runs)] == [event_id(runs, "strava_1")]
    with pytest.raises(psycopg.errors.GeneratedAlways), runs.transaction():
        runs.execute("update normalized.calendar_events set event_id = 'x'")


@pytest.mark.parametrize(
    "values",
    [
        {"state": "present"},
        {"held_hash": "a"},
        {"wanted_hash": None},
        {"wanted_hash": ""},
        {"is_declined": True},
        {"state": "gone"},
        {"unfinished": "look"},
        {"calendar_id": ""},
        {"error": ""},
        {"failures": -1},
        {"synced_at": "infinity"},
    ],
    ids=str,
)
def test_what_cannot_be_is_not_stored(runs: AnyConnection, values: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), runs.transaction():
        want(runs, **values)


# What is to be worked on


def test_what_differs_from_what_is_wanted_is_to_be_worked_on_first_come_first_served(
    runs: AnyConnection,
) -> None:
    want(runs, "strava_2")
    want(runs, "strava_1", **HELD)
    want(runs, "strava_3", **{**HELD, "held_hash": "b"})
    assert [event.run_id for event in to_do(runs)] == ["strava_2", "strava_3"]
    assert [item.event.run_id for item in events_to_work_on(1, NOW, conn=runs)] == ["strava_2"]


@pytest.mark.parametrize(
    ("values", "is_to_be_worked_on"),
    [
        ({}, True),
        (HELD, False),
        ({**HELD, "unfinished": "patch"}, True),
        ({**HELD, "wanted_hash": None, "wanted_version": None}, True),
        ({"state": "deleted"}, True),
        ({"state": "deleted", "wanted_hash": None, "wanted_version": None}, False),
        ({"state": "foreign"}, False),
        ({"retry_at": NOW}, True),
        ({"retry_at": NOW + timedelta(seconds=1)}, False),
    ],
    ids=str,
)
def test_an_event_is_to_be_worked_on(
    runs: AnyConnection, values: dict[str, Any], is_to_be_worked_on: bool
) -> None:
    want(runs, **values)
    assert bool(to_do(runs)) == is_to_be_worked_on
    assert bool(sum(count_work(NOW, conn=runs).values())) == is_to_be_worked_on
    assert (describe_work(NOW, conn=runs) is not None) == is_to_be_worked_on


def test_an_event_comes_with_its_run(scratch: AnyConnection) -> None:
    shoes = bulk_create_shoes_by_names(["Ghost"], conn=scratch)
    create_runs(scratch, run(1, shoe_id=shoes["Ghost"], avg_heart_rate=150.0))
    soft_delete_run("strava_1", "Ada", conn=scratch)
    want(scratch)
    (item,) = events_to_work_on(10, NOW, conn=scratch)
    told = item.run
    assert (told.id, told.shoe, told.avg_heart_rate, told.version) == ("strava_1", "Ghost", 150.0, 2)


def test_work_is_counted_by_its_kind(runs: AnyConnection) -> None:
    want(runs, "strava_1")
    want(runs, "strava_1", 1, state="deleted")
    want(runs, "strava_2", **{**HELD, "held_hash": "b"})
    want(runs, "strava_2", 1, **HELD, wanted_hash=None, wanted_version=None)
    want(runs, "strava_3", **HELD)
    want(runs, "strava_3", 1, unfinished="delete")
    assert count_work(NOW, conn=runs) == {"create": 2, "update": 1, "delete": 1, "check": 1}


def test_events_are_counted_by_what_is_wrong_with_them(runs: AnyConnection) -> None:
    assert count_events(conn=runs) == EventCounts(failed=0, declined=0, waiting=0, first_error=None)
    want(runs, "strava_1", error="No.")
    want(runs, "strava_2")
    want(runs, "strava_3", wanted_hash=None, wanted_version=None, is_declined=True)
    assert count_events(conn=runs) == EventCounts(failed=1, declined=1, waiting=1, first_error="No.")


# What becomes of it


def test_a_request_is_pending_until_its_answer_is_recorded(runs: AnyConnection) -> None:
    want(runs)
    (event,) = to_do(runs)
    begun = begin(runs, event)
    assert to_do(runs) == [begun]
    assert synced_runs(runs) == {"strava_1": ["pending", 1, None]}
    finish(runs, begun)
    assert to_do(runs) == []
    assert synced_runs(runs) == {"strava_1": ["synced", 1, None]}
    assert fetch_value(runs, "select synced_at = now() from synced_runs")


def test_what_was_wrong_is_shown_with_the_version_that_is_there(runs: AnyConnection) -> None:
    want(runs, **{**HELD, "held_hash": "b"}, synced_at=NOW)
    (event,) = to_do(runs)
    failed = replace(begin(runs, event), unfinished=None, unfinished_description=None, failures=1)
    later = NOW + timedelta(minutes=5)
    record_findings(runs, [Finding(event=failed, error="No.", retry_at=later)])
    assert synced_runs(runs) == {"strava_1": ["failed", 1, "No."]}
    assert (to_do(runs), to_do(runs, later)) == ([], [failed])
    begin(runs, failed)
    assert synced_runs(runs) == {"strava_1": ["pending", 1, None]}
    assert fetch_value(runs, "select synced_at from synced_runs") == NOW


def test_an_event_that_is_gone_leaves_synced_runs(runs: AnyConnection) -> None:
    want(runs)
    (event,) = to_do(runs)
    begun = begin(runs, event)
    gone = replace(begun, unfinished=None, **{**ABSENT, "state": "deleted"})
    record_findings(runs, [Finding(event=replace(gone, is_declined=True), is_declined_now=True)])
    assert synced_runs(runs) == {}
    (row,) = known_events(runs)
    assert (row["is_declined"], row["wanted_hash"], row["needs_work"]) == (True, None, False)


def test_an_id_that_cannot_be_used_gives_way_to_the_next_generation(runs: AnyConnection) -> None:
    want(runs)
    (event,) = to_do(runs)
    foreign = replace(begin(runs, event), unfinished=None, **{**ABSENT, "state": "foreign"})
    for _ in range(2):
        record_findings(runs, [Finding(event=foreign, needs_new_id=True)])
    (next_one,) = to_do(runs)
    assert (next_one.generation, next_one.event_id) == (1, event_id(runs, "strava_1", 1))
    assert (next_one.wanted_hash, next_one.wanted_version) == ("a", 1)


def test_nothing_follows_an_id_when_nothing_is_wanted_any_more(runs: AnyConnection) -> None:
    want(runs)
    (event,) = to_do(runs)
    begun = begin(runs, event)
    want_no_events(runs)
    foreign = replace(begun, unfinished=None, **{**ABSENT, "state": "foreign"})
    record_findings(runs, [Finding(event=foreign, needs_new_id=True)])
    assert len(known_events(runs)) == 1
    assert to_do(runs) == []


def test_what_the_runner_says_during_a_request_stands(runs: AnyConnection) -> None:
    want(runs)
    (event,) = to_do(runs)
    begun = begin(runs, event)
    decline_event("strava_1", "primary", conn=runs)
    finish(runs, begun)
    (left,) = to_do(runs)
    assert (left.is_declined, left.wanted_hash, left.state) == (True, None, "present")


def test_what_is_wanted_anew_during_a_request_is_wanted_after_it(runs: AnyConnection) -> None:
    want(runs)
    (event,) = to_do(runs)
    begun = begin(runs, event)
    runs.execute("update normalized.calendar_events set wanted_hash = 'b', wanted_version = 2")
    finish(runs, begun)
    (left,) = to_do(runs)
    assert (left.wanted_hash, left.wanted_version, left.held_hash) == ("b", 2, "a")


def test_only_the_newest_event_of_a_run_is_shown(runs: AnyConnection) -> None:
    want(runs, **{**HELD, "wanted_hash": None, "wanted_version": None})
    want(runs, "strava_1", 1)
    older, newer = to_do(runs)
    begin(runs, older)
    assert synced_runs(runs) == {}
    begin(runs, newer)
    assert synced_runs(runs) == {"strava_1": ["pending", 1, None]}
    named = fetch_value(runs, "select google_event_id from synced_runs")
    assert named == event_id(runs, "strava_1", 1)


# What the runner says


def test_a_declined_run_is_declined_once_and_for_all(runs: AnyConnection) -> None:
    want(runs, **HELD, retry_at=NOW + timedelta(days=1))
    want(runs, "strava_2", **HELD)
    for _ in range(2):
        decline_event("strava_1", "primary", conn=runs)
    (event,) = to_do(runs)
    assert (event.run_id, event.is_declined, event.wanted_hash) == ("strava_1", True, None)


def test_a_run_that_is_wanted_again_is_planned_again(runs: AnyConnection) -> None:
    decline_event("strava_1", "primary", conn=runs)
    want_event_again("strava_1", "primary", conn=runs)
    (row,) = known_events(runs)
    assert (row["is_declined"], row["state"], row["needs_work"]) == (False, "absent", False)
    assert fetch_value(runs, "select run_id from normalized.calendar_changes") == "strava_1"


def test_an_event_that_is_wanted_again_need_not_wait(runs: AnyConnection) -> None:
    want(runs, error="No.", failures=9, retry_at=NOW + timedelta(days=1))
    want_event_again("strava_1", "primary", conn=runs)
    (event,) = to_do(runs)
    assert event.failures == 0
    assert count_events(conn=runs).failed == 0


@pytest.mark.parametrize("say", [decline_event, want_event_again], ids=["declined", "wanted again"])
@pytest.mark.parametrize("run_id", ["strava_9", "strava_2", "Morning run"])
def test_of_a_run_that_there_is_not_nothing_can_be_said(runs: AnyConnection, say: Any, run_id: str) -> None:
    soft_delete_run("strava_2", "Ada", conn=runs)
    with pytest.raises(RunNotFound, match=rf"no run '{run_id}'.+Run ids look like"):
        say(run_id, "primary", conn=runs)
    assert known_events(runs) == []


def test_when_nothing_is_wanted_all_events_go_at_once(runs: AnyConnection) -> None:
    want(runs, "strava_1", **HELD, retry_at=NOW + timedelta(days=1))
    want(runs, "strava_2", error="No.", failures=3, retry_at=NOW + timedelta(days=1))
    want(runs, "strava_3", **HELD, unfinished="patch")
    want_no_events(runs)
    assert [(event.run_id, event.wanted_hash) for event in to_do(runs)] == [
        ("strava_1", None),
        ("strava_3", None),
    ]
    assert count_events(conn=runs).failed == 0
