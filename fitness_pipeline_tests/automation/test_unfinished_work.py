"""What was read and not worked through becomes runs without a click."""

from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status

from fitness_pipeline.automation.sensors import CATCH_UP_TAG, unfinished_work
from fitness_pipeline.automation.under_way import LAUNCHED_TAG
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs import get_all_runs
from fitness_pipeline.definitions import defs
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export
from fitness_pipeline_tests.builders import Workout, write_export
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.strava import Syncer

pytestmark = pytest.mark.usefixtures("database_url", "data_dir")


def look(instance: dg.DagsterInstance) -> dg.RunRequest | str:
    """What the sensor asks for, or why it asks for nothing."""
    result = unfinished_work(dg.build_sensor_context(instance=instance))
    assert isinstance(result, dg.SensorResult)
    if result.run_requests:
        (request,) = result.run_requests
        return request
    assert result.skip_reason is not None
    assert result.skip_reason.skip_message is not None
    return result.skip_reason.skip_message


def record_run(
    instance: dg.DagsterInstance, status: Status, tags: dict[str, str], job: str = "catch_up"
) -> dg.DagsterRun:
    return instance.create_run_for_job(defs.resolve_job_def(job), tags=tags, status=status)


def test_with_nothing_new_there_is_nothing_to_do(instance: dg.DagsterInstance) -> None:
    assert look(instance) == "The runs are up to date with all that was read."


def test_raw_activities_of_a_backfill_become_runs(
    instance: dg.DagsterInstance, strava: StravaSandbox, sync: Syncer, connection: AnyConnection
) -> None:
    strava.world.activities.add(Outing(start=NOW))
    sync.read()
    request = look(instance)
    assert isinstance(request, dg.RunRequest)
    assert request.tags == {CATCH_UP_TAG: "strava"}
    job = defs.resolve_job_def("catch_up")
    assert job.execute_in_process(instance=instance, tags=dict(request.tags)).success
    assert len(get_all_runs(conn=connection)) == 1
    assert look(instance) == "The runs are up to date with all that was read."


def test_rows_of_a_file_that_a_crash_left_behind_become_runs(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    ingest_export(write_export(tmp_path / "export.csv", [Workout()]))
    request = look(instance)
    assert isinstance(request, dg.RunRequest)
    assert request.tags == {CATCH_UP_TAG: "mmf"}


def test_it_waits_for_what_is_under_way(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    ingest_export(write_export(tmp_path / "export.csv", [Workout()]))
    run = record_run(instance, Status.STARTED, {LAUNCHED_TAG: "x"}, "mapmyfitness")
    assert look(instance) == "Something is under way, and may well do it."
    instance.report_run_failed(run)
    assert isinstance(look(instance), dg.RunRequest)


def test_a_killed_command_holds_nothing_up(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    ingest_export(write_export(tmp_path / "export.csv", [Workout()]))
    record_run(instance, Status.STARTED, {}, "strava")
    assert isinstance(look(instance), dg.RunRequest)


def test_work_that_failed_is_tried_again_after_a_while(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    ingest_export(write_export(tmp_path / "export.csv", [Workout()]))
    first = look(instance)
    assert isinstance(first, dg.RunRequest)
    run = record_run(instance, Status.STARTED, {**first.tags, LAUNCHED_TAG: "x"})
    instance.report_run_failed(run)
    assert look(instance) == "It did not succeed a short while ago and waits for its turn."

    # A run that ended long ago: one without a time counts as such.
    instance.delete_run(run.run_id)
    record_run(instance, Status.FAILURE, dict(first.tags))
    again = look(instance)
    assert isinstance(again, dg.RunRequest)
    assert again.run_key != first.run_key
