"""Jobs in threads of the API's process: in turn, so many and no more, and ended with it."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from fastapi import HTTPException

from fitness_pipeline.api.jobs import Jobs, LaunchOptions
from fitness_pipeline.automation.dagster_home import dagster_instance
from fitness_pipeline.errors import AlreadyRunning, InvalidValue
from fitness_pipeline.job_outcomes import JobOutcome
from fitness_pipeline.launch import run_mapmyfitness_job
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.builders import Workout, write_export

PATIENCE_SECONDS = 60.0


@pytest.fixture
def jobs(database_url: str, data_dir: Path, dagster_database: None) -> Iterator[Jobs]:
    """Jobs on a fresh database."""
    opened = Jobs(load_settings())
    yield opened
    opened.close(patience_seconds=0)


class Gate:
    """A job that says when it began, and ends when it is let."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self, instance: dg.DagsterInstance, options: LaunchOptions) -> JobOutcome:
        self.has_begun.set()
        assert self.may_end.wait(PATIENCE_SECONDS)
        return JobOutcome(
            dagster_run_id=options["dagster_run_id"], step_failures=[], metadata={}, failed_checks=[]
        )


def test_jobs_of_one_kind_run_one_after_the_other_and_others_beside_them(jobs: Jobs) -> None:
    first, second, other = Gate(), Gate(), Gate()
    started = [jobs.start("strava", first), jobs.start("strava", second), jobs.start("hevy", other)]
    assert first.has_begun.wait(PATIENCE_SECONDS) or second.has_begun.wait(PATIENCE_SECONDS)
    assert other.has_begun.wait(PATIENCE_SECONDS)
    assert first.has_begun.is_set() != second.has_begun.is_set()
    for gate in (first, second, other):
        gate.may_end.set()
    outcomes = [asyncio.run(job.outcome()) for job in started]
    assert [outcome.dagster_run_id for outcome in outcomes] == [job.dagster_run_id for job in started]


def test_so_many_may_wait_and_no_more(jobs: Jobs) -> None:
    gate = Gate()
    started = [jobs.start("strava", gate) for _ in range(20)]
    with pytest.raises(AlreadyRunning, match="20 syncs and imports run or wait"):
        jobs.start("hevy", gate)
    gate.may_end.set()
    for job in started:
        asyncio.run(job.outcome())
    jobs.start("hevy", gate)


def test_what_goes_wrong_reaches_whoever_waits_and_the_end_is_told(jobs: Jobs) -> None:
    def fail(instance: dg.DagsterInstance, options: LaunchOptions) -> JobOutcome:
        raise InvalidValue("It cannot be.")

    ended = threading.Event()
    with pytest.raises(InvalidValue):
        asyncio.run(jobs.start("strava", fail, on_end=ended.set).outcome())
    assert ended.is_set()


def test_a_job_whose_turn_never_came_ends_with_the_api(jobs: Jobs) -> None:
    gate, ended = Gate(), threading.Event()
    jobs.start("strava", gate)
    waiting = jobs.start("strava", gate, on_end=ended.set)
    jobs.stop()
    gate.may_end.set()
    with pytest.raises(HTTPException, match="The API was stopped before this was done"):
        asyncio.run(waiting.outcome())
    assert ended.is_set()
    with pytest.raises(HTTPException):
        jobs.start("hevy", gate)


def test_a_job_ends_at_its_next_word_when_the_api_stops(jobs: Jobs, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export.csv", [Workout()])

    def launch(instance: dg.DagsterInstance, options: LaunchOptions) -> JobOutcome:
        def stop_first(sentence: str) -> None:
            jobs.stop()
            options["on_progress"](sentence)

        return run_mapmyfitness_job(
            instance, [export], on_progress=stop_first, dagster_run_id=options["dagster_run_id"]
        )

    job = jobs.start("mapmyfitness", launch)
    with pytest.raises(HTTPException) as refusal:
        asyncio.run(job.outcome())
    assert refusal.value.status_code == 503
    with dagster_instance(load_settings()) as instance:
        run = instance.get_run_by_id(job.dagster_run_id)
    assert run is not None
    assert run.is_finished
    assert not run.is_success


def test_runs_at_once_do_not_wait_for_each_other_for_ever(jobs: Jobs, tmp_path: Path) -> None:
    def import_one(id: int) -> None:
        export = write_export(tmp_path / f"{id}.csv", [Workout(id=id)])
        job = jobs.start(
            f"{id}", lambda instance, options: run_mapmyfitness_job(instance, [export], **options)
        )
        assert asyncio.run(job.outcome()).failures == []

    threads = [threading.Thread(target=import_one, args=(id,), daemon=True) for id in range(1, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads)
