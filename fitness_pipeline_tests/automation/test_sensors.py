"""What the inbox sensor asks for, tick by tick, over a real folder and a real database."""

import os
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status

from fitness_pipeline.automation.sensors import mapmyfitness_inbox
from fitness_pipeline.definitions import defs
from fitness_pipeline_tests.builders import Workout, write_export

pytestmark = pytest.mark.usefixtures("database_url")

SECOND_NS = 1_000_000_000


class Ticks:
    """Evaluates the sensor as the daemon does, and starts the runs that it asks for."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.skip_reason: str | None = None
        self._cursor: str | None = None

    def tick(self) -> list[dg.RunRequest]:
        """Evaluate once more; return what is asked for."""
        context = dg.build_sensor_context(instance=self.instance, cursor=self._cursor)
        result = mapmyfitness_inbox(context)
        assert isinstance(result, dg.SensorResult)
        self._cursor = result.cursor
        self.skip_reason = result.skip_reason.skip_message if result.skip_reason else None
        return list(result.run_requests or ())

    def launch(self, request: dg.RunRequest, status: Status) -> dg.DagsterRun:
        """Record the run of a request, in a status."""
        job = defs.resolve_job_def("mapmyfitness")
        return self.instance.create_run_for_job(
            job, run_config=request.run_config, tags=dict(request.tags), status=status
        )

    def ask(self) -> dg.RunRequest:
        """Evaluate twice, after which one run is asked for."""
        assert self.tick() == []
        (request,) = self.tick()
        return request


@pytest.fixture
def ticks(instance: dg.DagsterInstance) -> Ticks:
    return Ticks(instance)


@pytest.fixture
def inbox(data_dir: Path) -> Path:
    folder = data_dir / "inbox"
    folder.mkdir()
    return folder


def drop(inbox: Path, name: str = "export.csv", *workouts: Workout, modified_ns: int | None = None) -> Path:
    path = write_export(inbox / name, workouts or [Workout()])
    if modified_ns is not None:
        os.utime(path, ns=(modified_ns, modified_ns))
    return path


def files_of(request: dg.RunRequest) -> list[str]:
    files: list[str] = request.run_config["ops"]["raw__mmf_workouts"]["config"]["files"]
    return files


def test_the_sensor_runs_without_a_click() -> None:
    assert mapmyfitness_inbox.default_status == dg.DefaultSensorStatus.RUNNING


def test_an_empty_inbox_asks_for_nothing(ticks: Ticks, inbox: Path) -> None:
    assert ticks.tick() == []
    assert ticks.skip_reason == "The inbox is empty."


def test_an_inbox_that_is_not_there_yet_asks_for_nothing(ticks: Ticks, data_dir: Path) -> None:
    assert ticks.tick() == []


def test_a_file_is_imported_once_it_stayed_the_same_over_two_looks(ticks: Ticks, inbox: Path) -> None:
    path = drop(inbox)
    assert ticks.tick() == []
    assert ticks.skip_reason == "Waiting until 1 file(s) have stayed the same over two looks."
    (request,) = ticks.tick()
    assert files_of(request) == [str(path)]


def test_what_is_asked_for_can_be_run(ticks: Ticks, inbox: Path, data_dir: Path) -> None:
    drop(inbox)
    request = ticks.ask()
    job = defs.resolve_job_def("mapmyfitness")
    assert job.execute_in_process(
        run_config=request.run_config, tags=dict(request.tags), instance=ticks.instance
    ).success
    assert list(inbox.iterdir()) == []
    assert ticks.tick() == []


def test_a_file_that_still_grows_is_waited_for(ticks: Ticks, inbox: Path) -> None:
    path = drop(inbox)
    assert ticks.tick() == []
    with path.open("a") as file:
        file.write("more\n")
    assert ticks.tick() == []
    assert len(ticks.tick()) == 1


def test_a_file_that_is_written_anew_at_the_same_size_is_waited_for(ticks: Ticks, inbox: Path) -> None:
    drop(inbox, modified_ns=SECOND_NS)
    assert ticks.tick() == []
    drop(inbox, modified_ns=2 * SECOND_NS)
    assert ticks.tick() == []
    assert len(ticks.tick()) == 1


def test_the_oldest_file_comes_first(ticks: Ticks, inbox: Path) -> None:
    drop(inbox, "a.csv", modified_ns=3 * SECOND_NS)
    drop(inbox, "b.CSV", modified_ns=1 * SECOND_NS)
    drop(inbox, "c.csv", modified_ns=2 * SECOND_NS)
    assert ticks.tick() == []
    assert [Path(*files_of(request)).name for request in ticks.tick()] == ["b.CSV", "c.csv", "a.csv"]


def test_a_new_file_does_not_wait_for_one_that_still_grows(ticks: Ticks, inbox: Path) -> None:
    settled, growing = drop(inbox, "settled.csv"), drop(inbox, "growing.csv")
    assert ticks.tick() == []
    with growing.open("a") as file:
        file.write("more\n")
    (request,) = ticks.tick()
    assert files_of(request) == [str(settled)]


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.STARTED, Status.CANCELING])
def test_a_file_whose_import_is_under_way_is_not_imported_twice(
    ticks: Ticks, inbox: Path, status: Status
) -> None:
    drop(inbox)
    ticks.launch(ticks.ask(), status)
    assert ticks.tick() == []
    assert ticks.skip_reason is not None
    assert ticks.skip_reason.startswith("An import is under way")


def test_a_file_that_is_dropped_again_is_imported_again(ticks: Ticks, inbox: Path) -> None:
    drop(inbox, modified_ns=SECOND_NS)
    first = ticks.ask()
    ticks.launch(first, Status.SUCCESS)
    (inbox / "export.csv").unlink()
    assert ticks.tick() == []
    drop(inbox, modified_ns=SECOND_NS)
    again = ticks.ask()
    # Dagster would skip a run key that it has seen before.
    assert again.run_key != first.run_key
    assert files_of(again) == files_of(first)


@pytest.mark.parametrize("ended", ["failed", "canceled"])
def test_an_import_that_did_not_succeed_is_tried_again_after_a_while(
    ticks: Ticks, inbox: Path, ended: str
) -> None:
    drop(inbox)
    first = ticks.ask()
    run = ticks.launch(first, Status.STARTED)
    if ended == "failed":
        ticks.instance.report_run_failed(run)
    else:
        ticks.instance.report_run_canceled(run)
    assert ticks.tick() == []
    assert ticks.skip_reason is not None

    # A run that ended long ago: one without a time counts as such.
    status = Status.FAILURE if ended == "failed" else Status.CANCELED
    ticks.instance.delete_run(run.run_id)
    ticks.launch(first, status)
    (again,) = ticks.tick()
    assert again.run_key != first.run_key
