"""`fitness-pipeline sync strava`, over a stand-in on a real socket."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs import get_all_runs
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.sandbox.serving.clock import utc_now
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.cli.conftest import Run
from fitness_pipeline_tests.strava import LIST

MARCH = datetime(2025, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def strava(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Any:
    """A Strava of the present: commands read the clock of the machine."""
    with StravaSandbox() as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


def test_a_sync_tells_what_it_did(run: Run, strava: StravaSandbox, connection: AnyConnection) -> None:
    strava.world.activities.add(Outing(start=MARCH))
    strava.world.activities.add(Outing(start=MARCH, sport_type="Padel"))
    ended = run("sync", "strava")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "activities listed  new  changed  unchanged  gone  rejected",
        "                2    2        0          0     0         0",
        "runs inserted  updated  deleted  back again",
        "            1        0        0           0",
        "Kept, but no runs: 1 Padel.",
        "2 requests to Strava. Left: 98 this quarter of an hour, 998 today.",
    ]
    assert len(get_all_runs(conn=connection)) == 1


def test_a_second_sync_says_that_nothing_has_changed(run: Run, strava: StravaSandbox) -> None:
    strava.world.activities.add(Outing(start=MARCH))
    run("sync", "strava")
    ended = run("sync", "strava")
    assert ended.code == 0
    assert "Nothing has changed." in ended.out


def test_days_are_read_when_they_are_asked_for(
    run: Run, strava: StravaSandbox, connection: AnyConnection
) -> None:
    for days in range(3):
        strava.world.activities.add(Outing(start=MARCH + timedelta(days=days)))
    ended = run("sync", "strava", "--since", "2025-03-11", "--until", "2025-03-11", "--json")
    summary = json.loads(ended.out)
    assert (summary["read"], summary["listed"], summary["inserted"]) == ("window", 1, 1)
    assert get_last_sync_time("strava", conn=connection) is None


def test_a_full_sync_of_some_days_is_refused(run: Run, strava: StravaSandbox) -> None:
    ended = run("sync", "strava", "--full", "--since", "2025-03-11")
    assert ended.code == 2
    assert "Leave out since and until, or the full sync" in ended.err


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(
    run: Run, strava: StravaSandbox, connection: AnyConnection
) -> None:
    ids = [strava.world.activities.add(Outing(start=MARCH + timedelta(days=day))) for day in range(3)]
    run("sync", "strava")
    strava.world.activities.delete(ids[0])
    strava.world.activities.edit(ids[1], distance_metres=1609.344)
    strava.world.activities.add(Outing(start=utc_now() - timedelta(days=1)))
    before = row_versions(connection, "raw.rate_limits")
    ended = run("sync", "strava", "--full", "--dry-run", "--json")
    summary = json.loads(ended.out)
    told = ("is_dry_run", "new", "changed", "gone", "inserted", "updated", "deleted")
    assert [summary[name] for name in told] == [True, 1, 1, 1, 1, 1, 1]
    assert row_versions(connection, "raw.rate_limits") == before
    assert "Nothing was changed." in run("sync", "strava", "--full", "--dry-run").out


def test_what_was_read_before_a_failure_becomes_runs_all_the_same(
    run: Run, strava: StravaSandbox, connection: AnyConnection
) -> None:
    for hours in range(250):
        strava.world.activities.add(Outing(start=MARCH + timedelta(hours=hours)))
    strava.faults.order(Answer(errors.application_inactive()), path=LIST, skip=1, times=None)
    ended = run("sync", "strava")
    assert ended.code == 2
    assert "its owner needs a subscription" in ended.err
    assert len(get_all_runs(conn=connection)) == 200


def test_deletions_that_look_like_a_mistake_wait_for_a_word(
    run: Run, strava: StravaSandbox, connection: AnyConnection
) -> None:
    ids = [strava.world.activities.add(Outing(start=MARCH + timedelta(days=day))) for day in range(10)]
    run("sync", "strava")
    for activity_id in ids[:6]:
        strava.world.activities.delete(activity_id)
    held_back = run("sync", "strava", "--full")
    assert "6 runs would be deleted at once, so none was." in held_back.out
    assert len(get_all_runs(conn=connection)) == 10
    assert run("sync", "strava", "--confirm-deletions").code == 0
    assert len(get_all_runs(conn=connection)) == 4


def test_an_edit_that_strava_contradicts_points_to_the_conflicts(
    run: Run, strava: StravaSandbox, connection: AnyConnection
) -> None:
    activity_id = strava.world.activities.add(Outing(start=MARCH))
    run("sync", "strava")
    update_run_with_history(f"strava_{activity_id}", {"distance": 4.2}, "Ada", conn=connection)
    strava.world.activities.edit(activity_id, distance_metres=9000.0)
    assert "`fitness-pipeline --env test conflicts` settles them." in run("sync", "strava", "--full").out


def test_without_a_connection_it_says_how_to_connect(
    run: Run, strava: StravaSandbox, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("STRAVA_REFRESH_TOKEN")
    ended = run("sync", "strava")
    assert ended.code == 2
    assert "Run `fitness-pipeline --env test auth strava`" in ended.err
