"""Which events are to be worked on."""

from datetime import timedelta
from typing import Any

import pytest

from fitness_pipeline.db.calendar_work import (
    EventCounts,
    count_events,
    count_work,
    describe_work,
    events_to_work_on,
)
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs_history import soft_delete_run
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import run
from fitness_pipeline_tests.db.event_rows import HELD, to_do, want
from fitness_pipeline_tests.moments import NOW


def test_what_differs_from_what_is_wanted_is_to_be_worked_on_first_come_first_served(
    three_runs: AnyConnection,
) -> None:
    want(three_runs, "strava_2")
    want(three_runs, "strava_1", **HELD)
    want(three_runs, "strava_3", **{**HELD, "held_hash": "b"})
    assert [event.run_id for event in to_do(three_runs)] == ["strava_2", "strava_3"]
    assert [item.event.run_id for item in events_to_work_on(1, NOW, conn=three_runs)] == ["strava_2"]


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
    three_runs: AnyConnection, values: dict[str, Any], is_to_be_worked_on: bool
) -> None:
    want(three_runs, **values)
    assert bool(to_do(three_runs)) == is_to_be_worked_on
    assert bool(sum(count_work(NOW, conn=three_runs).values())) == is_to_be_worked_on
    assert (describe_work(NOW, conn=three_runs) is not None) == is_to_be_worked_on


def test_an_event_comes_with_its_run(scratch: AnyConnection) -> None:
    shoes = bulk_create_shoes_by_names(["Ghost"], conn=scratch)
    create_runs(scratch, run(1, shoe_id=shoes["Ghost"], avg_heart_rate=150.0))
    soft_delete_run("strava_1", "Ada", conn=scratch)
    want(scratch)
    (item,) = events_to_work_on(10, NOW, conn=scratch)
    told = item.run
    assert (told.id, told.shoe, told.avg_heart_rate, told.version) == ("strava_1", "Ghost", 150.0, 2)


def test_work_is_counted_by_its_kind(three_runs: AnyConnection) -> None:
    want(three_runs, "strava_1")
    want(three_runs, "strava_1", 1, state="deleted")
    want(three_runs, "strava_2", **{**HELD, "held_hash": "b"})
    want(three_runs, "strava_2", 1, **HELD, wanted_hash=None, wanted_version=None)
    want(three_runs, "strava_3", **HELD)
    want(three_runs, "strava_3", 1, unfinished="delete")
    assert count_work(NOW, conn=three_runs) == {"create": 2, "update": 1, "delete": 1, "check": 1}


def test_events_are_counted_by_what_is_wrong_with_them(three_runs: AnyConnection) -> None:
    assert count_events(conn=three_runs) == EventCounts(failed=0, declined=0, waiting=0, first_error=None)
    want(three_runs, "strava_1", error="No.")
    want(three_runs, "strava_2")
    want(three_runs, "strava_3", wanted_hash=None, wanted_version=None, is_declined=True)
    assert count_events(conn=three_runs) == EventCounts(failed=1, declined=1, waiting=1, first_error="No.")
