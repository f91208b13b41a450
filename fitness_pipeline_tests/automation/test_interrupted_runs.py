"""Dagster runs that a crash cut short are marked as failed; those that may still be at work are not."""

import json
import subprocess
import sys

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status
from dagster._core.storage.tags import HIDDEN_TAG_PREFIX

from fitness_pipeline.automation.interrupted_runs import (
    fail_abandoned_runs,
    fail_launched_runs,
    tags_of_this_process,
)
from fitness_pipeline.automation.jobs import mapmyfitness_job
from fitness_pipeline.definitions import defs

PRINT_TAGS = """
import json
from fitness_pipeline.automation.interrupted_runs import tags_of_this_process
print(json.dumps(tags_of_this_process()))
"""
LAUNCHED = {".dagster/grpc_info": '{"host": "localhost", "socket": "/tmp/socket"}'}


def dagster_run(
    instance: dg.DagsterInstance, status: Status, tags: dict[str, str] | None = None
) -> dg.DagsterRun:
    job = defs.resolve_job_def(mapmyfitness_job.name)
    return instance.create_run_for_job(job, status=status, tags=tags)


def status_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Status:
    (found,) = instance.get_runs(dg.RunsFilter(run_ids=[run.run_id]))
    return found.status


@pytest.mark.parametrize("status", [Status.STARTING, Status.STARTED, Status.CANCELING])
def test_a_run_whose_process_is_gone_has_failed(instance: dg.DagsterInstance, status: Status) -> None:
    run = dagster_run(instance, status, LAUNCHED)
    assert fail_launched_runs(instance) == 1
    assert status_of(instance, run) == Status.FAILURE
    assert fail_launched_runs(instance) == 0


def test_what_a_living_process_works_on_goes_on(instance: dg.DagsterInstance) -> None:
    run = dagster_run(instance, Status.STARTED, tags_of_this_process())
    assert fail_launched_runs(instance) + fail_abandoned_runs(instance) == 0
    assert status_of(instance, run) == Status.STARTED


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.STARTING, Status.STARTED, Status.CANCELING])
def test_what_a_process_worked_on_that_is_gone_has_failed(
    instance: dg.DagsterInstance, status: Status
) -> None:
    of_a_child = subprocess.run(
        [sys.executable, "-c", PRINT_TAGS], check=True, capture_output=True, text=True
    )
    run = dagster_run(instance, status, json.loads(of_a_child.stdout))
    assert fail_abandoned_runs(instance) == 1
    assert status_of(instance, run) == Status.FAILURE
    assert fail_abandoned_runs(instance) == 0


@pytest.mark.parametrize(
    "said",
    ["", "{}", "[]", '{"host": "elsewhere", "pid": 1, "created_at": 0}', '{"host": 1, "pid": "x"}'],
)
def test_of_processes_elsewhere_nobody_knows_anything(instance: dg.DagsterInstance, said: str) -> None:
    run = dagster_run(instance, Status.STARTED, dict.fromkeys(tags_of_this_process(), said))
    assert fail_abandoned_runs(instance) == 0
    assert status_of(instance, run) == Status.STARTED


def test_the_ui_does_not_show_who_works_on_a_run() -> None:
    assert [tag.startswith(HIDDEN_TAG_PREFIX) for tag in tags_of_this_process()] == [True]


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.SUCCESS, Status.CANCELED])
def test_a_run_that_waits_or_is_over_stays_as_it_is(instance: dg.DagsterInstance, status: Status) -> None:
    run = dagster_run(instance, status, LAUNCHED)
    assert fail_launched_runs(instance) == 0
    assert status_of(instance, run) == status


def test_whoever_looks_at_the_run_learns_why(instance: dg.DagsterInstance) -> None:
    run = dagster_run(instance, Status.STARTED, LAUNCHED)
    fail_launched_runs(instance)
    messages = [entry.user_message or entry.message for entry in instance.all_logs(run.run_id)]
    events = [entry.dagster_event.message for entry in instance.all_logs(run.run_id) if entry.dagster_event]
    assert any("a crash, a kill or a power cut" in str(said) for said in [*messages, *events])
