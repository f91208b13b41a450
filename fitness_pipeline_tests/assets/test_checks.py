"""The checks of `runs`: they pass on what the pipeline makes, and fail on what SQL can break."""

from pathlib import Path
from typing import Any

import pytest
from dagster import AssetCheckSeverity

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.assets.conftest import Outcome, RunJob
from fitness_pipeline_tests.builders import Workout, create_runs, new_run, write_export
from fitness_pipeline_tests.db.sides import edit, upstream

VERSIONS, IDS, VALUES = "versions_equal_newest_history", "ids_match_their_source", "values_are_possible"
CONFLICTS = "conflicts_are_settled"


def told(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """What each check tells."""
    return {
        name: {key: value.value for key, value in check.metadata.items()}
        for name, check in outcome.checks.items()
    }


def test_what_the_pipeline_makes_passes(run_job: RunJob, tmp_path: Path) -> None:
    outcome = run_job([write_export(tmp_path / "export.csv", [Workout(id=1), Workout(id=2)])])
    assert outcome.success
    assert {name: check.passed for name, check in outcome.checks.items()} == {
        VERSIONS: True,
        IDS: True,
        VALUES: True,
        CONFLICTS: True,
    }
    assert told(outcome) == {
        VERSIONS: {"violations": 0},
        IDS: {"violations": 0},
        VALUES: {"violations": 0},
        CONFLICTS: {"open_conflicts": 0},
    }


def test_a_run_without_news_does_not_look_at_all_runs_again_and_says_so(
    run_job: RunJob, connection: AnyConnection
) -> None:
    create_runs(connection, new_run("mmf_1"))
    run_job()
    passed_at = connection.execute("select check_name, passed_at from normalized.checks_passed").fetchall()
    outcome = run_job()
    assert outcome.success
    assert told(outcome) == {
        **{name: {"violations": 0, "looked_at": f"{at:%Y-%m-%d %H:%M} UTC"} for name, at in passed_at},
        CONFLICTS: {"open_conflicts": 0},
    }


def test_open_conflicts_are_a_warning_that_blocks_nothing(run_job: RunJob, connection: AnyConnection) -> None:
    upstream(connection, new_run())
    edit(connection, distance=8.0)
    upstream(connection, new_run(distance=4.0))
    outcome = run_job()
    assert outcome.success
    warning = outcome.checks[CONFLICTS]
    assert (warning.passed, warning.blocking) == (False, False)
    assert warning.severity == AssetCheckSeverity.WARN
    assert warning.metadata["open_conflicts"].value == 1
    assert warning.description is not None
    assert warning.description.startswith("1 of the runner's edits differ from what the source says")
    assert "`fitness-pipeline conflicts`" in warning.description


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
