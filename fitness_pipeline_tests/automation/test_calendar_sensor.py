"""The sensor of the calendar: it launches a sync when there is work, and leaves Google alone otherwise."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status

from fitness_pipeline.automation.calendar_sensor import WORK_TAG, calendar_is_behind
from fitness_pipeline.automation.under_way import LAUNCHED_TAG
from fitness_pipeline.db.calendars import pause
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.provider_connections import record_needs_reauthorization
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.definitions import defs
from fitness_pipeline_tests.builders import create_runs
from fitness_pipeline_tests.calendar_sync import CalendarSyncer, connected, run

DONE = "The calendar shows the runs, as far as Google lets it for now."


@pytest.fixture
def google(
    environment: pytest.MonkeyPatch, data_dir: Path, database_url: str, connection: AnyConnection
) -> Iterator[CalendarSyncer]:
    """A Google Calendar that is connected now, and a run that is not on it yet."""
    now = datetime.now(UTC)
    create_runs(connection, run(1, datetime_utc=now - timedelta(days=1)))
    with connected(environment, at=now) as syncer:
        yield syncer


def look(instance: dg.DagsterInstance) -> dg.RunRequest | str:
    """What the sensor asks for, or why it asks for nothing."""
    result = calendar_is_behind(dg.build_sensor_context(instance=instance))
    assert isinstance(result, dg.SensorResult)
    if result.run_requests:
        (request,) = result.run_requests
        return request
    assert result.skip_reason is not None
    assert result.skip_reason.skip_message is not None
    return result.skip_reason.skip_message


def requested(instance: dg.DagsterInstance) -> dg.RunRequest:
    request = look(instance)
    assert isinstance(request, dg.RunRequest), request
    return request


def edit(connection: AnyConnection, distance: float) -> None:
    update_run_with_history("strava_1", {"distance": distance}, "Ada", conn=connection)


def launch(instance: dg.DagsterInstance, request: dg.RunRequest, status: Status) -> dg.DagsterRun:
    """Record a run of what was requested, as the daemon launches it."""
    return instance.create_run_for_job(
        defs.resolve_job_def("calendar"), tags={**request.tags, LAUNCHED_TAG: "x"}, status=status
    )


def test_it_runs_without_a_click() -> None:
    assert calendar_is_behind.default_status == dg.DefaultSensorStatus.RUNNING


@pytest.mark.usefixtures("database_url", "data_dir")
def test_without_a_connection_it_says_how_to_connect(instance: dg.DagsterInstance) -> None:
    said = look(instance)
    assert isinstance(said, str)
    assert "Google Calendar is not connected" in said
    assert "fitness-pipeline auth google" in said


def test_a_connection_that_is_dead_is_left_alone(
    instance: dg.DagsterInstance, google: CalendarSyncer, connection: AnyConnection
) -> None:
    record_needs_reauthorization("google", "The token is dead.", conn=connection)
    assert look(instance) == "The token is dead."


def test_it_launches_the_first_sync_and_one_for_each_edit(
    instance: dg.DagsterInstance, google: CalendarSyncer, connection: AnyConnection
) -> None:
    requests = [requested(instance)]
    google()
    assert look(instance) == DONE
    edit(connection, 7.0)
    requests.append(requested(instance))
    assert requested(instance).run_key == requests[-1].run_key
    google()
    edit(connection, 8.0)
    requests.append(requested(instance))
    google()
    assert look(instance) == DONE
    assert len({request.run_key for request in requests}) == 3
    assert google.sandbox.log.count("/batch/*") == 3


def test_it_launches_the_job_of_the_calendar_which_does_the_work(
    instance: dg.DagsterInstance, google: CalendarSyncer
) -> None:
    request = requested(instance)
    job = defs.resolve_job_def("calendar")
    assert calendar_is_behind.job_name == job.name
    assert job.execute_in_process(instance=instance, tags=dict(request.tags)).success
    assert google.shown() == {("strava_1", "1")}
    assert look(instance) == DONE


def test_it_waits_for_what_is_under_way(instance: dg.DagsterInstance, google: CalendarSyncer) -> None:
    run = instance.create_run_for_job(
        defs.resolve_job_def("strava"), tags={LAUNCHED_TAG: "x"}, status=Status.STARTED
    )
    assert look(instance) == "Something is under way, and may well do it."
    instance.report_run_failed(run)
    assert isinstance(look(instance), dg.RunRequest)


def test_work_that_failed_is_tried_again_after_a_while(
    instance: dg.DagsterInstance, google: CalendarSyncer
) -> None:
    first = requested(instance)
    failed = launch(instance, first, Status.STARTED)
    instance.report_run_failed(failed)
    assert look(instance) == "It did not succeed a short while ago and waits for its turn."

    # A run that ended long ago: one without a time counts as such.
    instance.delete_run(failed.run_id)
    launch(instance, first, Status.FAILURE)
    again = requested(instance)
    assert (again.tags[WORK_TAG], again.run_key != first.run_key) == (first.tags[WORK_TAG], True)


def test_an_edit_need_not_wait_for_what_failed_before(
    instance: dg.DagsterInstance, google: CalendarSyncer, connection: AnyConnection
) -> None:
    google()
    edit(connection, 7.0)
    instance.report_run_failed(launch(instance, requested(instance), Status.STARTED))
    assert isinstance(look(instance), str)
    edit(connection, 8.0)
    assert isinstance(look(instance), dg.RunRequest)


def test_while_google_is_to_be_left_alone_nothing_is_launched(
    instance: dg.DagsterInstance, google: CalendarSyncer, connection: AnyConnection
) -> None:
    google()
    edit(connection, 7.0)
    pause(datetime.now(UTC) + timedelta(hours=1), conn=connection)
    assert look(instance) == DONE
