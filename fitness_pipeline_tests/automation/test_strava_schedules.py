"""What the schedules ask for, and when they leave Strava alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status

from fitness_pipeline.assets.strava_activities import months_of
from fitness_pipeline.assets.strava_months import strava_months
from fitness_pipeline.automation.strava_schedules import strava_every_half_hour, strava_every_week
from fitness_pipeline.automation.under_way import LAUNCHED_TAG
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import record_needs_reauthorization
from fitness_pipeline.db.strava_listings import begin_listing, complete_listing
from fitness_pipeline.db.sync_metadata import update_last_sync_time
from fitness_pipeline.definitions import defs
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.steps.strava_plan import BEGINNING
from fitness_pipeline_tests.strava import Syncer

RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


def tick(schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance) -> dg.RunRequest | str:
    """What a schedule asks for, or why it asks for nothing."""
    result: Any = schedule(dg.build_schedule_context(instance=instance))
    if isinstance(result, dg.SkipReason):
        assert result.skip_message is not None
        return result.skip_message
    assert isinstance(result, dg.RunRequest)
    return result


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance on disk: the context of a schedule opens it by itself."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as opened:
        yield opened


def record_full_sync(connection: AnyConnection, begun_at: datetime) -> None:
    listing = begin_listing(
        kind="full",
        after=BEGINNING,
        before=begun_at,
        scope="unknown",
        begun_at=begun_at,
        first_after=0,
        first_before=1,
        dagster_run_id=None,
        conn=connection,
    )
    complete_listing(connection, listing)


@pytest.mark.parametrize("schedule", [strava_every_half_hour, strava_every_week])
def test_a_schedule_runs_without_a_click(schedule: dg.ScheduleDefinition) -> None:
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


@pytest.mark.usefixtures("database_url", "data_dir")
@pytest.mark.parametrize("schedule", [strava_every_half_hour, strava_every_week])
def test_without_a_connection_it_says_how_to_connect(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance
) -> None:
    assert tick(schedule, instance) == "Strava is not connected. Run `fitness-pipeline auth strava`."


@pytest.mark.parametrize("schedule", [strava_every_half_hour, strava_every_week])
def test_a_dead_connection_is_left_alone_until_somebody_connects_again(
    schedule: dg.ScheduleDefinition,
    instance: dg.DagsterInstance,
    strava: StravaSandbox,
    sync: Syncer,
    connection: AnyConnection,
) -> None:
    sync.read()
    record_needs_reauthorization("strava", "Strava no longer accepts it.", conn=connection)
    strava.log.clear()
    assert tick(schedule, instance) == "Strava no longer accepts it."
    assert strava.log.count() == 0


@pytest.mark.usefixtures("strava")
def test_the_first_sync_reads_everything(instance: dg.DagsterInstance) -> None:
    request = tick(strava_every_half_hour, instance)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["ops"]["raw__strava_activities"] == {"config": {"full_sync": True}}
    months = strava_months.get_partition_keys()
    assert [request.tags[tag] for tag in RANGE] == [months[0], months[-1]]


@pytest.mark.usefixtures("strava")
def test_later_ones_carry_the_months_that_they_cover(
    instance: dg.DagsterInstance, connection: AnyConnection
) -> None:
    now = datetime.now(UTC)
    update_last_sync_time("strava", now - timedelta(days=50), conn=connection)
    record_full_sync(connection, now - timedelta(days=7))
    request = tick(strava_every_half_hour, instance)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["ops"]["raw__strava_activities"] == {"config": {"incremental": True}}
    assert [request.tags[tag] for tag in RANGE] == [
        f"{now - timedelta(days=64):%Y-%m-01}",
        f"{now:%Y-%m-01}",
    ]


@pytest.mark.usefixtures("strava")
def test_a_weekly_sync_that_did_not_come_to_its_end_is_made_up_for(
    instance: dg.DagsterInstance, connection: AnyConnection
) -> None:
    now = datetime.now(UTC)
    update_last_sync_time("strava", now, conn=connection)
    record_full_sync(connection, now - timedelta(days=9))
    request = tick(strava_every_half_hour, instance)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["ops"]["raw__strava_activities"] == {"config": {"full_sync": True}}


@pytest.mark.usefixtures("strava")
def test_once_a_week_everything_is_read(instance: dg.DagsterInstance, connection: AnyConnection) -> None:
    update_last_sync_time("strava", datetime.now(UTC), conn=connection)
    request = tick(strava_every_week, instance)
    assert isinstance(request, dg.RunRequest)
    for op in ("raw__strava_activities", "raw__strava_gear"):
        assert request.run_config["ops"][op] == {"config": {"full_sync": True}}


@pytest.mark.usefixtures("strava")
@pytest.mark.parametrize("schedule", [strava_every_half_hour, strava_every_week])
def test_no_sync_is_launched_beside_another(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance
) -> None:
    job = defs.resolve_job_def("strava")
    instance.create_run_for_job(job, tags={LAUNCHED_TAG: "x"}, status=Status.STARTED)
    assert tick(schedule, instance) == "A sync of Strava is under way."


@pytest.mark.parametrize(
    ("after", "before", "months"),
    [
        ((2026, 1, 1), (2026, 2, 1), ["2026-01-01"]),
        ((2026, 1, 31), (2026, 2, 2), ["2026-01-01", "2026-02-01"]),
        ((1970, 1, 1), (2009, 1, 2), ["2009-01-01"]),
        ((1970, 1, 1), (2008, 12, 31), []),
    ],
)
def test_months_are_those_that_a_window_touches(
    after: tuple[int, int, int], before: tuple[int, int, int], months: list[str]
) -> None:
    assert months_of(datetime(*after, tzinfo=UTC), datetime(*before, tzinfo=UTC)) == months
