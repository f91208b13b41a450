"""Tests of `fitness-pipeline rebuild`."""

import json
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import CHICAGO, Importer, Workout, history, the_run
from fitness_pipeline_tests.cli.conftest import Run
from fitness_pipeline_tests.db.sides import edit


@pytest.fixture
def take(connection: AnyConnection, data_dir: Path, tmp_path: Path) -> Importer:
    """Eight runs, of which the runner has edited one."""
    importer = Importer(connection, tmp_path)
    importer(*(Workout(id=number) for number in range(1, 9)))
    edit(connection, "mmf_1", distance=8.0)
    return importer


def test_verifying_says_none_when_nothing_differs(run: Run, take: Importer) -> None:
    ended = run("rebuild", "--verify")
    assert ended.code == 0
    assert ended.out == "Differences: none. Runs and lifts are what raw rows and your edits make them.\n"


def test_verifying_an_empty_database_says_none(run: Run, connection: AnyConnection, data_dir: Path) -> None:
    assert run("rebuild", "--verify").code == 0


def test_verifying_lists_what_differs_and_changes_nothing(
    run: Run, connection: AnyConnection, take: Importer
) -> None:
    connection.execute("update runs set distance = 77 where id = 'mmf_1'")
    connection.execute("delete from normalized.runs where run_id = 'mmf_2'")
    ended = run("rebuild", "--verify")
    assert ended.code == 1
    lines = [line.split() for line in ended.out.splitlines()]
    assert ["runs", "mmf_1", "distance", "77", "8"] in lines
    assert ["normalized.runs", "mmf_2", "row", "null"] in [line[:4] for line in lines]
    assert "`fitness-pipeline --env test rebuild` puts them right." in ended.out
    assert the_run(connection).distance == 77
    assert run("rebuild", "--verify") == ended


def test_a_script_gets_the_differences_as_json(run: Run, connection: AnyConnection, take: Importer) -> None:
    connection.execute("update runs set distance = 77 where id = 'mmf_2'")
    ended = run("rebuild", "--verify", "--json")
    assert ended.code == 1
    assert json.loads(ended.out) == {
        "differences": [{"table": "runs", "id": "mmf_2", "field": "distance", "stored": 77, "recomputed": 3}],
        "behind": [],
        "lifts": 0,
        "not_recomputable": 0,
    }


def test_rebuilding_puts_it_right_and_says_what_it_did(
    run: Run, connection: AnyConnection, take: Importer
) -> None:
    connection.execute("update runs set distance = 77 where id = 'mmf_1'")
    connection.execute("update normalized.runs set distance = 77 where run_id = 'mmf_2'")
    connection.execute("delete from runs where id = 'mmf_3'")
    ended = run("rebuild")
    assert ended.code == 0
    assert "Normalized rows: 0 put back, 1 corrected, 0 withdrawn." in ended.out
    assert "Runs: 1 put back, 1 corrected, each with a new version." in ended.out
    assert the_run(connection).distance == 8.0
    assert history(connection)[-1].change_reason == "Rebuilt from the raw data"
    assert run("rebuild", "--verify").code == 0
    assert (
        run("rebuild").out
        == "Differences: none. Runs and lifts are what raw rows and your edits make them.\n"
    )


def test_what_is_not_merged_yet_is_no_difference(run: Run, connection: AnyConnection, take: Importer) -> None:
    take.ingest(Workout(id=9))
    verified = run("rebuild", "--verify")
    assert verified.code == 0
    assert "Not all rows of mmf were made into runs yet" in verified.out
    rebuilt = run("rebuild")
    assert rebuilt.code == 0
    assert "Merged first, from mmf: 1 new runs, 0 changed, 0 deleted, 0 back again." in rebuilt.out
    the_run(connection, "mmf_9")


def test_too_many_deletions_wait_for_a_word(run: Run, connection: AnyConnection, take: Importer) -> None:
    connection.execute("delete from raw.mmf_workouts where workout_key <> 'mmf_8'")
    held_back = run("rebuild")
    assert held_back.code == 1
    assert "7 runs would be deleted at once, so none was." in held_back.out
    assert the_run(connection).deleted_at is None
    assert run("rebuild", "--confirm-deletions").code == 0
    assert the_run(connection).deleted_at is not None


def test_lost_versions_are_told_and_left_alone(run: Run, connection: AnyConnection, take: Importer) -> None:
    edit(connection, "mmf_1", distance=9.0)
    connection.execute("delete from runs_history where run_id = 'mmf_1' and version_number = 2")
    assert run("rebuild", "--verify").code == 1
    ended = run("rebuild")
    assert ended.code == 1
    assert "1 runs have lost versions" in ended.out
    assert the_run(connection).distance == 9.0


def test_another_time_zone_is_what_the_next_import_makes_of_it(
    run: Run, connection: AnyConnection, take: Importer, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("MMF_TIMEZONE", "Europe/Berlin")
    assert run("rebuild", "--verify").code == 0
    assert the_run(connection).datetime_utc.hour == 17
    assert run("rebuild").code == 0
    assert the_run(connection).datetime_utc.hour == 10
    environment.setenv("MMF_TIMEZONE", CHICAGO)
    assert run("rebuild", "--verify").code == 0
