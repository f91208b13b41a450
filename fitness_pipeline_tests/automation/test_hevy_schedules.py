"""What the schedules of Hevy ask for, and when they leave Hevy alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status

from fitness_pipeline.automation.hevy_schedules import hevy_every_hour, hevy_every_week
from fitness_pipeline.automation.under_way import LAUNCHED_TAG
from fitness_pipeline.definitions import defs

both = pytest.mark.parametrize("schedule", [hevy_every_hour, hevy_every_week])


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance on disk: the context of a schedule opens it by itself."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as opened:
        yield opened


def tick(schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance) -> dg.RunRequest | str:
    """What a schedule asks for, or why it asks for nothing."""
    result: Any = schedule(dg.build_schedule_context(instance=instance))
    if isinstance(result, dg.SkipReason):
        assert result.skip_message is not None
        return result.skip_message
    assert isinstance(result, dg.RunRequest)
    return result


@both
def test_it_runs_without_a_click(schedule: dg.ScheduleDefinition) -> None:
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING


@both
def test_without_a_key_it_says_where_to_get_one(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, environment: pytest.MonkeyPatch
) -> None:
    said = tick(schedule, instance)
    assert isinstance(said, str)
    assert "Set HEVY_API_KEY" in said


@both
def test_no_sync_is_launched_beside_another(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HEVY_API_KEY", "a key")
    assert isinstance(tick(schedule, instance), dg.RunRequest)
    job = defs.resolve_job_def("hevy")
    instance.create_run_for_job(job, tags={LAUNCHED_TAG: "x"}, status=Status.STARTED)
    assert tick(schedule, instance) == "A sync of Hevy is under way."


def test_once_a_week_the_count_is_checked(
    instance: dg.DagsterInstance, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HEVY_API_KEY", "a key")
    hourly, weekly = tick(hevy_every_hour, instance), tick(hevy_every_week, instance)
    assert isinstance(hourly, dg.RunRequest)
    assert isinstance(weekly, dg.RunRequest)
    assert hourly.run_config == {}
    assert weekly.run_config["ops"]["raw__hevy_workouts"] == {"config": {"check_count": True}}
