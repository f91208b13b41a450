"""The asset `raw/strava_activities` and its job: which months are filled, what the UI is told."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from fitness_pipeline.assets.strava_months import strava_months
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs import get_all_runs
from fitness_pipeline.db.sync_metadata import get_last_sync_time, update_last_sync_time
from fitness_pipeline.definitions import defs
from fitness_pipeline.sandbox.serving.clock import utc_now
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.strava import LIST

KEY = dg.AssetKey(["raw", "strava_activities"])
MARCH = datetime(2025, 3, 10, 12, tzinfo=UTC)


class Job:
    """Runs the job `strava` as the UI does."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.failures: list[str] = []
        self.retries: list[Any] = []

    def __call__(
        self,
        config: Mapping[str, Any] | None = None,
        *,
        months: tuple[str, str] | None = None,
        month: str | None = None,
        only: list[dg.AssetKey] | None = None,
    ) -> dict[str, dict[str, Any]]:
        """Run it; return what each asset tells."""
        tags: dict[str, str] = {}
        if months is not None:
            tags = {
                "dagster/asset_partition_range_start": months[0],
                "dagster/asset_partition_range_end": months[1],
            }
        result = defs.resolve_job_def("strava").execute_in_process(
            instance=self.instance,
            run_id=str(uuid.uuid4()),
            tags=tags,
            partition_key=month,
            asset_selection=only,
            run_config={
                "ops": {"raw__strava_activities": {"config": dict(config or {})}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            raise_on_error=False,
        )
        self.failures = [
            event.step_failure_data.user_failure_data.description or ""
            for event in result.filter_events(lambda event: event.is_step_failure)
            if event.step_failure_data.user_failure_data
        ]
        told = {}
        for event in result.get_asset_materialization_events():
            materialization = event.step_materialization_data.materialization
            if materialization.metadata:
                told[materialization.asset_key.to_user_string()] = {
                    name: value.value for name, value in materialization.metadata.items()
                }
        return told

    def filled(self) -> list[str]:
        """The months that are filled."""
        return sorted(self.instance.get_materialized_partitions(KEY))


@pytest.fixture
def job(present_strava: StravaSandbox) -> Iterator[Job]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Job(instance)


@pytest.fixture
def present_strava(
    environment: pytest.MonkeyPatch, data_dir: object, database_url: str
) -> Iterator[StravaSandbox]:
    """A Strava of the present: assets read the clock of the machine."""
    with StravaSandbox() as serving:
        for name, value in serving.environment().items():
            environment.setenv(name, value)
        yield serving


def test_without_anything_selected_what_may_be_new_is_read(
    job: Job, present_strava: StravaSandbox, connection: AnyConnection
) -> None:
    present_strava.world.activities.add(Outing(start=utc_now() - timedelta(days=1)))
    assert job()["raw/strava_activities"]["read"] == "full"
    told = job()["raw/strava_activities"]
    assert (told["read"], told["rows_in"], told["new"], told["unchanged"]) == ("incremental", 1, 0, 1)
    assert len(get_all_runs(conn=connection)) == 1


def test_selected_months_are_read_and_filled_in_one_run_and_leave_the_watermark(
    job: Job, present_strava: StravaSandbox, connection: AnyConnection
) -> None:
    activities = present_strava.world.activities
    activities.add(Outing(start=MARCH))
    activities.add(Outing(start=MARCH + timedelta(days=60)))
    told = job(months=("2025-02-01", "2025-04-01"))
    assert told["raw/strava_activities"]["rows_in"] == 1
    assert told["runs"]["new"] == 1
    assert job.filled() == ["2025-02-01", "2025-03-01", "2025-04-01"]
    assert get_last_sync_time("strava", conn=connection) is None


def test_a_single_month_is_read(job: Job, present_strava: StravaSandbox) -> None:
    present_strava.world.activities.add(Outing(start=MARCH))
    assert job(month="2025-03-01")["raw/strava_activities"]["new"] == 1
    assert job.filled() == ["2025-03-01"]


def test_a_full_sync_reads_everything_and_fills_every_month_whatever_is_selected(
    job: Job, present_strava: StravaSandbox, connection: AnyConnection
) -> None:
    present_strava.world.activities.add(Outing(start=MARCH))
    present_strava.world.activities.add(Outing(start=datetime(2001, 1, 1, tzinfo=UTC)))
    told = job({"full_sync": True}, month="2024-01-01")["raw/strava_activities"]
    assert (told["read"], told["rows_in"]) == ("full", 2)
    assert job.filled() == sorted(strava_months.get_partition_keys())
    assert get_last_sync_time("strava", conn=connection) is not None


def test_an_incremental_sync_fills_the_months_that_it_covers(job: Job, connection: AnyConnection) -> None:
    now = utc_now()
    update_last_sync_time("strava", now - timedelta(days=50), conn=connection)
    told = job({"incremental": True}, month="2015-01-01")["raw/strava_activities"]
    assert told["read"] == "incremental"
    expected = {f"{now - timedelta(days=days):%Y-%m-01}" for days in range(65)}
    assert job.filled() == sorted({"2015-01-01", *expected})


def test_days_can_be_given_in_the_launchpad(job: Job, present_strava: StravaSandbox) -> None:
    present_strava.world.activities.add(Outing(start=MARCH))
    told = job({"since": "2025-03-10", "until": "2025-03-10"})["raw/strava_activities"]
    assert (told["read"], told["new"], told["from"]) == ("window", 1, "2025-03-10")
    job({"since": "yesterday"})
    assert job.failures == ["'yesterday' is no day. Write it as 2026-01-31."]


def test_requests_and_what_is_left_of_them_are_told(job: Job) -> None:
    told = job()["raw/strava_activities"]
    assert told["requests"] == 1
    assert told["requests_left_this_quarter_hour"] == 99
    assert told["requests_left_today"] == 999


def test_a_month_that_could_not_be_read_is_not_filled(job: Job, present_strava: StravaSandbox) -> None:
    present_strava.faults.order(Answer(errors.application_inactive()), path=LIST, times=None)
    job(month="2025-03-01")
    assert job.filled() == []
    (failure,) = job.failures
    assert "its owner needs a subscription" in failure


def test_an_account_that_is_not_connected_fails_with_the_next_step(
    job: Job, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("STRAVA_REFRESH_TOKEN")
    job()
    assert job.failures == ["Strava is not connected. Run `fitness-pipeline auth strava`."]


def test_out_of_quota_for_the_day_says_when_to_go_on(job: Job, present_strava: StravaSandbox) -> None:
    present_strava.limits.use(quarter_hour=0, day=1000)
    job()
    tomorrow = utc_now() + timedelta(days=1)
    (failure,) = job.failures
    assert f"{tomorrow:%Y-%m-%d} 00:00 UTC" in failure


def test_gear_is_asked_for_once_and_again_in_a_full_sync_after_some_days(
    job: Job, present_strava: StravaSandbox, connection: AnyConnection
) -> None:
    present_strava.world.gear.put(Gear(id="g1", brand="Hoka", model="Clifton 9"))
    present_strava.world.activities.add(Outing(start=MARCH, gear_id="g1"))
    assert job()["raw/strava_gear"]["requests"] == 1
    assert [run.shoe_id for run in get_all_runs(conn=connection)] == ["hoka_clifton_9"]
    assert job()["raw/strava_gear"]["requests"] == 0
