"""The blocking checks of `runs`: they pass on what the pipeline makes, and fail on what SQL can break."""

from pathlib import Path

import pytest
from dagster import AssetCheckSeverity

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.assets.conftest import RunJob
from fitness_pipeline_tests.builders import Workout, create_runs, new_run, write_export

VERSIONS, IDS, VALUES = "versions_equal_newest_history", "ids_match_their_source", "values_are_possible"


def test_what_the_pipeline_makes_passes(run_job: RunJob, tmp_path: Path) -> None:
    outcome = run_job([write_export(tmp_path / "export.csv", [Workout(id=1), Workout(id=2)])])
    assert outcome.success
    assert {name: check.passed for name, check in outcome.checks.items()} == {
        VERSIONS: True,
        IDS: True,
        VALUES: True,
    }
    told = [
        {name: value.value for name, value in check.metadata.items()} for check in outcome.checks.values()
    ]
    assert told == [{"violations": 0}] * 3


@pytest.mark.parametrize(
    ("check", "break_it"),
    [
        (VERSIONS, "update runs set distance = 7"),
        (VERSIONS, "update runs set version = 7"),
        (VERSIONS, "delete from runs_history"),
        (IDS, "update runs set source = 'Strava'"),
        (VALUES, "update runs set datetime_utc = now() + interval '1 year'"),
        (VALUES, "update runs set datetime_utc = '1812-06-24Z'"),
        (VALUES, "update runs set avg_heart_rate = 900"),
    ],
)
def test_a_broken_row_fails_the_run_and_is_named(
    run_job: RunJob, connection: AnyConnection, check: str, break_it: str
) -> None:
    create_runs(connection, new_run("mmf_1"))
    connection.execute(break_it.encode())
    outcome = run_job()
    assert not outcome.success
    failed = outcome.checks[check]
    assert not failed.passed
    assert failed.blocking
    assert failed.severity == AssetCheckSeverity.ERROR
    assert failed.metadata["violations"].value == 1
    assert failed.metadata["examples"].value == ["mmf_1"]
