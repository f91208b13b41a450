"""Ids of events, what becomes known of them, and what `synced_runs` shows of it."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline.db.calendar_events import Finding, record_findings
from fitness_pipeline.db.calendar_wishes import decline_event, want_no_events
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.calendar_sync import event_id, known_events, synced_runs
from fitness_pipeline_tests.db.event_rows import ABSENT, HELD, begin, finish, to_do, want
from fitness_pipeline_tests.moments import NOW

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


def test_a_row_cannot_have_another_id(three_runs: AnyConnection) -> None:
    want(three_runs)
    assert [row["event_id"] for row in known_events(three_runs)] == [event_id(three_runs, "strava_1")]
    with pytest.raises(psycopg.errors.GeneratedAlways), three_runs.transaction():
        three_runs.execute("update normalized.calendar_events set event_id = 'x'")


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
def test_what_cannot_be_is_not_stored(three_runs: AnyConnection, values: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), three_runs.transaction():
        want(three_runs, **values)


# What becomes of it


def test_a_request_is_pending_until_its_answer_is_recorded(three_runs: AnyConnection) -> None:
    want(three_runs)
    (event,) = to_do(three_runs)
    begun = begin(three_runs, event)
    assert to_do(three_runs) == [begun]
    assert synced_runs(three_runs) == {"strava_1": ["pending", 1, None]}
    finish(three_runs, begun)
    assert to_do(three_runs) == []
    assert synced_runs(three_runs) == {"strava_1": ["synced", 1, None]}
    assert fetch_value(three_runs, "select synced_at = now() from synced_runs")


def test_what_was_wrong_is_shown_with_the_version_that_is_there(three_runs: AnyConnection) -> None:
    want(three_runs, **{**HELD, "held_hash": "b"}, synced_at=NOW)
    (event,) = to_do(three_runs)
    failed = replace(begin(three_runs, event), unfinished=None, unfinished_description=None, failures=1)
    later = NOW + timedelta(minutes=5)
    record_findings(three_runs, [Finding(event=failed, error="No.", retry_at=later)])
    assert synced_runs(three_runs) == {"strava_1": ["failed", 1, "No."]}
    assert (to_do(three_runs), to_do(three_runs, later)) == ([], [failed])
    begin(three_runs, failed)
    assert synced_runs(three_runs) == {"strava_1": ["pending", 1, None]}
    assert fetch_value(three_runs, "select synced_at from synced_runs") == NOW


def test_an_event_that_is_gone_leaves_synced_runs(three_runs: AnyConnection) -> None:
    want(three_runs)
    (event,) = to_do(three_runs)
    begun = begin(three_runs, event)
    gone = replace(begun, unfinished=None, **{**ABSENT, "state": "deleted"})
    record_findings(three_runs, [Finding(event=replace(gone, is_declined=True), is_declined_now=True)])
    assert synced_runs(three_runs) == {}
    (row,) = known_events(three_runs)
    assert (row["is_declined"], row["wanted_hash"], row["needs_work"]) == (True, None, False)


def test_an_id_that_cannot_be_used_gives_way_to_the_next_generation(three_runs: AnyConnection) -> None:
    want(three_runs)
    (event,) = to_do(three_runs)
    foreign = replace(begin(three_runs, event), unfinished=None, **{**ABSENT, "state": "foreign"})
    for _ in range(2):
        record_findings(three_runs, [Finding(event=foreign, needs_new_id=True)])
    (next_one,) = to_do(three_runs)
    assert (next_one.generation, next_one.event_id) == (1, event_id(three_runs, "strava_1", 1))
    assert (next_one.wanted_hash, next_one.wanted_version) == ("a", 1)


def test_nothing_follows_an_id_when_nothing_is_wanted_any_more(three_runs: AnyConnection) -> None:
    want(three_runs)
    (event,) = to_do(three_runs)
    begun = begin(three_runs, event)
    want_no_events(three_runs)
    foreign = replace(begun, unfinished=None, **{**ABSENT, "state": "foreign"})
    record_findings(three_runs, [Finding(event=foreign, needs_new_id=True)])
    assert len(known_events(three_runs)) == 1
    assert to_do(three_runs) == []


def test_what_the_runner_says_during_a_request_stands(three_runs: AnyConnection) -> None:
    want(three_runs)
    (event,) = to_do(three_runs)
    begun = begin(three_runs, event)
    decline_event("strava_1", "primary", conn=three_runs)
    finish(three_runs, begun)
    (left,) = to_do(three_runs)
    assert (left.is_declined, left.wanted_hash, left.state) == (True, None, "present")


def test_what_is_wanted_anew_during_a_request_is_wanted_after_it(three_runs: AnyConnection) -> None:
    want(three_runs)
    (event,) = to_do(three_runs)
    begun = begin(three_runs, event)
    three_runs.execute("update normalized.calendar_events set wanted_hash = 'b', wanted_version = 2")
    finish(three_runs, begun)
    (left,) = to_do(three_runs)
    assert (left.wanted_hash, left.wanted_version, left.held_hash) == ("b", 2, "a")


def test_only_the_newest_event_of_a_run_is_shown(three_runs: AnyConnection) -> None:
    want(three_runs, **{**HELD, "wanted_hash": None, "wanted_version": None})
    want(three_runs, "strava_1", 1)
    older, newer = to_do(three_runs)
    begin(three_runs, older)
    assert synced_runs(three_runs) == {}
    begin(three_runs, newer)
    assert synced_runs(three_runs) == {"strava_1": ["pending", 1, None]}
    named = fetch_value(three_runs, "select google_event_id from synced_runs")
    assert named == event_id(three_runs, "strava_1", 1)
