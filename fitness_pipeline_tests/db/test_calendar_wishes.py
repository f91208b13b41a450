"""What the runner says of events."""

from datetime import timedelta
from typing import Any

import pytest

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again, want_no_events
from fitness_pipeline.db.calendar_work import (
    count_events,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs_history import soft_delete_run
from fitness_pipeline.errors import RunNotFound
from fitness_pipeline_tests.calendar_sync import known_events
from fitness_pipeline_tests.db.event_rows import HELD, to_do, want
from fitness_pipeline_tests.moments import NOW


def test_a_declined_run_is_declined_once_and_for_all(three_runs: AnyConnection) -> None:
    want(three_runs, **HELD, retry_at=NOW + timedelta(days=1))
    want(three_runs, "strava_2", **HELD)
    for _ in range(2):
        decline_event("strava_1", "primary", conn=three_runs)
    (event,) = to_do(three_runs)
    assert (event.run_id, event.is_declined, event.wanted_hash) == ("strava_1", True, None)


def test_a_run_that_is_wanted_again_is_planned_again(three_runs: AnyConnection) -> None:
    decline_event("strava_1", "primary", conn=three_runs)
    want_event_again("strava_1", "primary", conn=three_runs)
    (row,) = known_events(three_runs)
    assert (row["is_declined"], row["state"], row["needs_work"]) == (False, "absent", False)
    assert fetch_value(three_runs, "select run_id from normalized.calendar_changes") == "strava_1"


def test_an_event_that_is_wanted_again_need_not_wait(three_runs: AnyConnection) -> None:
    want(three_runs, error="No.", failures=9, retry_at=NOW + timedelta(days=1))
    want_event_again("strava_1", "primary", conn=three_runs)
    (event,) = to_do(three_runs)
    assert event.failures == 0
    assert count_events(conn=three_runs).failed == 0


@pytest.mark.parametrize("say", [decline_event, want_event_again], ids=["declined", "wanted again"])
@pytest.mark.parametrize("run_id", ["strava_9", "strava_2", "Morning run"])
def test_of_a_run_that_there_is_not_nothing_can_be_said(
    three_runs: AnyConnection, say: Any, run_id: str
) -> None:
    soft_delete_run("strava_2", "Ada", conn=three_runs)
    with pytest.raises(RunNotFound, match=rf"no run '{run_id}'.+Run ids look like"):
        say(run_id, "primary", conn=three_runs)
    assert known_events(three_runs) == []


def test_when_nothing_is_wanted_all_events_go_at_once(three_runs: AnyConnection) -> None:
    want(three_runs, "strava_1", **HELD, retry_at=NOW + timedelta(days=1))
    want(three_runs, "strava_2", error="No.", failures=3, retry_at=NOW + timedelta(days=1))
    want(three_runs, "strava_3", **HELD, unfinished="patch")
    want_no_events(three_runs)
    assert [(event.run_id, event.wanted_hash) for event in to_do(three_runs)] == [
        ("strava_1", None),
        ("strava_3", None),
    ]
    assert count_events(conn=three_runs).failed == 0
