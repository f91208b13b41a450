"""What Dagster knows of the project, and that it knows it without any configuration."""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime

import dagster as dg
import pytest

from fitness_pipeline.definitions import defs
from fitness_pipeline.project import project_root

ASSETS = {
    dg.AssetKey(["raw", "mmf_workouts"]): ("mapmyfitness", {"csv", "postgres"}),
    dg.AssetKey(["raw", "strava_activities"]): ("strava", {"api", "postgres"}),
    dg.AssetKey(["raw", "strava_gear"]): ("strava", {"api", "postgres"}),
    dg.AssetKey(["normalized", "runs"]): ("runs", {"polars", "postgres"}),
    dg.AssetKey(["raw", "hevy_workouts"]): ("strength", {"api", "postgres"}),
    dg.AssetKey(["raw", "hevy_exercise_templates"]): ("strength", {"api", "postgres"}),
    dg.AssetKey(["lifts"]): ("strength", {"postgres"}),
    dg.AssetKey(["exercise_templates"]): ("strength", {"postgres"}),
    dg.AssetKey(["strength_progress"]): ("strength", {"postgres"}),
    dg.AssetKey(["shoes"]): ("runs", {"postgres"}),
    dg.AssetKey(["runs"]): ("runs", {"postgres"}),
    dg.AssetKey(["calendar_events"]): ("calendar", {"api", "googlecalendar"}),
}
OF_RUNS = {"normalized/runs", "shoes", "runs", "calendar_events"}
OF_LIFTS = {"lifts", "exercise_templates", "strength_progress"}
NOTHING_CONFIGURED = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgresql://somebody@nowhere.invalid/x"}


@pytest.fixture(scope="module")
def specs() -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in defs.resolve_all_asset_specs()}


def test_the_assets_are_those_of_the_design(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    assert specs.keys() == ASSETS.keys()


@pytest.mark.parametrize("key", ASSETS, ids=dg.AssetKey.to_user_string)
def test_an_asset_is_grouped_owned_and_described(
    specs: dict[dg.AssetKey, dg.AssetSpec], key: dg.AssetKey
) -> None:
    spec = specs[key]
    group, kinds = ASSETS[key]
    assert spec.group_name == group
    assert spec.kinds == kinds
    assert spec.owners == ["team:runner"]
    assert spec.description
    assert spec.description.endswith(".")


def test_each_asset_follows_from_the_one_before(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    upstream = {
        key.to_user_string(): sorted(dep.asset_key.to_user_string() for dep in spec.deps)
        for key, spec in specs.items()
    }
    assert upstream == {
        "raw/mmf_workouts": [],
        "raw/strava_activities": [],
        "raw/strava_gear": ["raw/strava_activities"],
        "normalized/runs": ["raw/mmf_workouts", "raw/strava_activities", "raw/strava_gear"],
        "shoes": ["normalized/runs"],
        "runs": ["normalized/runs", "shoes"],
        "calendar_events": ["runs"],
        "raw/hevy_workouts": [],
        "raw/hevy_exercise_templates": ["raw/hevy_workouts"],
        "lifts": ["raw/hevy_workouts"],
        "exercise_templates": ["raw/hevy_exercise_templates"],
        "strength_progress": ["exercise_templates", "lifts"],
    }


def test_the_checks_of_runs_block_whatever_comes_after_but_that_of_conflicts() -> None:
    graph = defs.resolve_asset_graph()
    specs = [graph.get_check_spec(key) for key in graph.asset_check_keys]
    checks = {check.name: check for check in specs if check.asset_key == dg.AssetKey(["runs"])}
    assert checks.keys() == {
        "versions_equal_newest_history",
        "ids_match_their_source",
        "values_are_possible",
        "conflicts_are_settled",
    }
    for name, check in checks.items():
        assert check.asset_key == dg.AssetKey(["runs"])
        assert check.blocking == (name != "conflicts_are_settled")
        assert check.description


@pytest.mark.parametrize(
    ("name", "assets"),
    [
        ("mapmyfitness", {"raw/mmf_workouts", *OF_RUNS}),
        ("strava", {"raw/strava_activities", "raw/strava_gear", *OF_RUNS}),
        ("hevy", {"raw/hevy_workouts", "raw/hevy_exercise_templates", *OF_LIFTS}),
        ("catch_up", {"raw/strava_gear", *OF_RUNS, *OF_LIFTS}),
        ("calendar", {"calendar_events"}),
    ],
)
def test_a_job_brings_one_provider_all_the_way(name: str, assets: set[str]) -> None:
    job = defs.resolve_job_def(name)
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == assets
    assert job.description


def test_months_of_strava_are_backfilled_in_one_run() -> None:
    asset = defs.resolve_assets_def(["raw", "strava_activities"])
    assert asset.backfill_policy == dg.BackfillPolicy.single_run()
    months = asset.partitions_def
    assert months is not None
    keys = months.get_partition_keys()
    assert keys[0] == "2009-01-01"
    assert keys[-1] == f"{datetime.now(UTC):%Y-%m-01}"


def test_steps_share_a_process() -> None:
    assert defs.executor is dg.in_process_executor


def test_definitions_load_without_a_database_and_without_what_only_steps_need() -> None:
    code = """
import sys, fitness_pipeline.definitions
loaded = {"psycopg", "polars", "pyarrow", "pandas", "dagster_postgres"} & sys.modules.keys()
print(sorted(loaded))
"""
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, env=NOTHING_CONFIGURED, check=True, capture_output=True, text=True)
    assert loaded.stdout.strip() == "[]"


def test_dagster_finds_them_valid_with_an_empty_environment() -> None:
    with tempfile.TemporaryDirectory() as home:
        validated = subprocess.run(
            [sys.executable, "-m", "dagster", "definitions", "validate"],
            cwd=project_root(),
            env={**NOTHING_CONFIGURED, "HOME": home, "DAGSTER_HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
    assert validated.returncode == 0, validated.stderr
    assert "Validation successful for code location fitness_pipeline" in validated.stdout + validated.stderr
