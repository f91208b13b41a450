"""`/strava/sync` and `/hevy/sync`, over stand-ins on real sockets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest

from fitness_pipeline.automation.dagster_home import dagster_instance
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import record_needs_reauthorization
from fitness_pipeline.db.runs import get_all_runs
from fitness_pipeline.db.sync_metadata import get_last_sync_time
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.api.conftest import serving
from fitness_pipeline_tests.stack.running import eventually
from fitness_pipeline_tests.strava import LIST

MARCH = datetime(2025, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def strava(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[StravaSandbox]:
    """A Strava of the present: jobs read the clock of the machine."""
    with StravaSandbox() as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        yield sandbox


@pytest.fixture
def hevy(environment: pytest.MonkeyPatch, data_dir: Path, database_url: str) -> Iterator[HevySandbox]:
    """A Hevy of the present."""
    with HevySandbox() as sandbox:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        yield sandbox


@pytest.fixture
def api_url(strava: StravaSandbox, hevy: HevySandbox, dagster_database: None) -> Iterator[str]:
    """An API that knows both."""
    with serving() as url:
        yield url


def sync(asking: httpx.Client, path: str, **params: Any) -> httpx.Response:
    return asking.post(path, params=params, timeout=120)


def dagster_run(run_id: str) -> tuple[str, str]:
    """The job of a Dagster run, and how it ended, as the UI knows them."""
    with dagster_instance(load_settings()) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        return run.job_name, run.status.value


def test_strava_is_synced_by_the_job_of_the_schedules(
    strava: StravaSandbox, editor: httpx.Client, connection: AnyConnection
) -> None:
    ids = [strava.world.activities.add(Outing(start=MARCH + timedelta(days=day))) for day in range(3)]
    first = sync(editor, "/strava/sync")
    assert first.status_code == 200
    counts = ("inserted_count", "updated_count", "deleted_count", "unchanged_count", "rejected_count")
    assert [first.json()[name] for name in counts] == [3, 0, 0, 0, 0]
    assert dagster_run(first.json()["dagster_run_id"]) == ("strava", "SUCCESS")
    strava.world.activities.edit(ids[0], distance_metres=9000.0)
    strava.world.activities.delete(ids[1])
    again = sync(editor, "/strava/sync", full_sync=True).json()
    assert [again[name] for name in counts] == [0, 1, 1, 1, 0]
    assert "0 runs are new, 1 changed, 1 are deleted" in again["message"]
    assert datetime.fromisoformat(again["updated_at"]) > datetime.fromisoformat(first.json()["updated_at"])
    assert len(get_all_runs(conn=connection)) == 2


def test_hevy_is_synced_by_the_job_of_the_schedules(hevy: HevySandbox, editor: httpx.Client) -> None:
    ids = [hevy.world.workouts.add(Session(start=MARCH + timedelta(days=day))) for day in range(3)]
    first = sync(editor, "/hevy/sync").json()
    assert (first["workouts_synced"], first["workouts_deleted"], first["rejected_count"]) == (3, 0, 0)
    assert dagster_run(first["dagster_run_id"]) == ("hevy", "SUCCESS")
    hevy.world.workouts.edit(ids[0], title="Pull")
    hevy.world.workouts.delete(ids[1])
    again = sync(editor, "/hevy/sync").json()
    assert (again["workouts_synced"], again["workouts_deleted"]) == (1, 1)
    assert datetime.fromisoformat(again["synced_at"]) > datetime.fromisoformat(first["synced_at"])


def test_syncs_may_be_asked_for_at_once(
    strava: StravaSandbox, hevy: HevySandbox, editor: httpx.Client, connection: AnyConnection
) -> None:
    for days in range(3):
        strava.world.activities.add(Outing(start=MARCH + timedelta(days=days)))
        hevy.world.workouts.add(Session(start=MARCH + timedelta(days=days)))
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda path: sync(editor, path), ["/strava/sync", "/hevy/sync"] * 2))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sum(answer.json().get("inserted_count", 0) for answer in answers) == 3
    assert sum(answer.json().get("workouts_synced", 0) for answer in answers) == 3
    assert len(get_all_runs(conn=connection)) == 3


def test_who_does_not_wait_gets_the_dagster_run_at_once_and_it_goes_on(
    strava: StravaSandbox, editor: httpx.Client, connection: AnyConnection
) -> None:
    strava.world.activities.add(Outing(start=MARCH))
    answer = sync(editor, "/strava/sync", wait=False)
    assert answer.status_code == 202
    run_id = answer.json()["dagster_run_id"]
    _until(run_id, {dg.DagsterRunStatus.SUCCESS})
    assert dagster_run(run_id) == ("strava", "SUCCESS")
    assert len(get_all_runs(conn=connection)) == 1


def test_a_strava_that_is_out_of_quota_is_told_of_at_once_and_the_watermark_stays(
    strava: StravaSandbox, editor: httpx.Client, connection: AnyConnection
) -> None:
    strava.world.activities.add(Outing(start=MARCH))
    strava.faults.order(Answer(errors.rate_limited()), path=LIST, times=None)
    answer = sync(editor, "/strava/sync")
    assert answer.status_code == 502
    assert "Go on then." in answer.json()["detail"]
    assert get_last_sync_time("strava", conn=connection) is None


def test_a_hevy_that_refuses_the_key_is_told_of(
    hevy: HevySandbox, editor: httpx.Client, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HEVY_API_KEY", "of somebody else")
    answer = sync(editor, "/hevy/sync")
    assert answer.status_code == 502
    assert "HEVY_API_KEY" in answer.json()["detail"]
    assert "somebody else" not in answer.text


def test_a_revoked_connection_is_told_of_without_a_job(
    strava: StravaSandbox, editor: httpx.Client, connection: AnyConnection
) -> None:
    connection.execute(
        """
        insert into oauth_credentials (provider, client_id, client_secret, access_token, refresh_token)
        values ('strava', '1', 'x', 'x', 'x')
        """
    )
    record_needs_reauthorization("strava", "Connect it again.", conn=connection)
    answer = sync(editor, "/strava/sync", wait=False)
    assert (answer.status_code, answer.json()["detail"]) == (502, "Connect it again.")
    assert strava.log.requests == []


def test_what_is_not_connected_cannot_be_synced(
    environment: pytest.MonkeyPatch, editor: httpx.Client, strava: StravaSandbox, connection: AnyConnection
) -> None:
    environment.delenv("STRAVA_REFRESH_TOKEN")
    environment.delenv("HEVY_API_KEY")
    with serving() as url, httpx.Client(base_url=url, headers=editor.headers) as asking:
        for path, way in (
            ("/strava/sync", "`fitness-pipeline --env test auth strava`"),
            ("/hevy/sync", "HEVY_API_KEY"),
        ):
            answer = sync(asking, path)
            assert answer.status_code == 503
            assert way in answer.json()["detail"]


def test_only_an_editor_may_sync(viewer: httpx.Client, stranger: httpx.Client) -> None:
    for path in ("/strava/sync", "/hevy/sync", "/mmf/upload-csv"):
        assert (viewer.post(path).status_code, stranger.post(path).status_code) == (403, 401)


def test_a_sync_that_is_under_way_when_the_api_stops_is_recorded_as_failed(
    strava: StravaSandbox, editor: httpx.Client, connection: AnyConnection
) -> None:
    connection.execute("begin")
    connection.execute("lock table raw.strava_activities")
    strava.world.activities.add(Outing(start=MARCH))
    with serving() as url, httpx.Client(base_url=url, headers=editor.headers) as asking:
        run_id = sync(asking, "/strava/sync", wait=False).json()["dagster_run_id"]
        _until(run_id, {dg.DagsterRunStatus.STARTED})
    assert dagster_run(run_id) == ("strava", "FAILURE")
    connection.execute("rollback")


def _until(run_id: str, statuses: set[dg.DagsterRunStatus]) -> None:
    """Wait until a Dagster run has one of some statuses, or failed."""
    awaited = {*statuses, dg.DagsterRunStatus.FAILURE}

    def is_so() -> bool:
        run = instance.get_run_by_id(run_id)
        return run is not None and run.status in awaited

    with dagster_instance(load_settings()) as instance:
        eventually(is_so, lambda: instance.get_run_by_id(run_id))
