"""The asset `raw/mmf_workouts`: which files it reads, what it tells of them, where they go."""

import os
import time
from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline_tests.assets.conftest import RunJob
from fitness_pipeline_tests.builders import Workout, write_export

MINUTE_SECONDS = 60


@pytest.fixture
def inbox(data_dir: Path) -> Path:
    folder = data_dir / "inbox"
    folder.mkdir()
    return folder


def count_runs(connection: AnyConnection) -> int:
    count: int = fetch_value(connection, "select count(*) from runs")
    return count


def made_before(path: Path, seconds: float) -> Path:
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


def test_a_file_becomes_runs_and_every_row_is_told(
    run_job: RunJob, connection: AnyConnection, tmp_path: Path
) -> None:
    rows = [Workout(id=1), Workout(id=2, activity="Walk"), Workout(id=3, distance="")]
    outcome = run_job([write_export(tmp_path / "export.csv", [*rows, ["too", "short"]])])
    assert outcome.success
    raw = outcome.metadata["raw/mmf_workouts"]
    assert {name: raw[name] for name in ("rows_in", "new", "changed", "unchanged", "rejected")} == {
        "rows_in": 4,
        "new": 3,
        "changed": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert raw["files_imported"] == ["export.csv"]
    assert raw["seconds"] > 0
    assert count_runs(connection) == 1


def test_the_same_content_again_changes_nothing_and_is_told_as_known(run_job: RunJob, tmp_path: Path) -> None:
    run_job([write_export(tmp_path / "export.csv", [Workout()])])
    raw = run_job([write_export(tmp_path / "same.csv", [Workout()])]).metadata["raw/mmf_workouts"]
    assert (raw["new"], raw["changed"], raw["unchanged"]) == (0, 0, 1)
    assert list(raw["files_known"]) == ["same.csv"]
    assert raw["files_known"]["same.csv"].endswith(" already; nothing was read.")
    assert "files_imported" not in raw


def test_an_imported_file_leaves_the_inbox_for_the_archive(
    run_job: RunJob, inbox: Path, data_dir: Path
) -> None:
    path = write_export(inbox / "export.csv", [Workout()])
    text = path.read_text()
    assert run_job([path]).success
    assert list(inbox.iterdir()) == []
    assert (data_dir / "archive" / "export.csv").read_text() == text


def test_nothing_in_the_archive_is_overwritten(run_job: RunJob, inbox: Path, data_dir: Path) -> None:
    for number in (1, 2, 2):
        run_job([write_export(inbox / "export.csv", [Workout(id=number)])])
    archived = sorted((data_dir / "archive").iterdir())
    assert [path.name for path in archived] == ["export-2.csv", "export-3.csv", "export.csv"]
    assert "/workout/1" in (data_dir / "archive" / "export.csv").read_text()


def test_a_file_outside_the_inbox_is_its_owners(run_job: RunJob, tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.csv", [Workout()])
    assert run_job([path]).success
    assert path.exists()


def test_a_link_in_the_inbox_leaves_it_too(run_job: RunJob, inbox: Path, tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.csv", [Workout()])
    (inbox / "link.csv").symlink_to(path)
    assert run_job([inbox / "link.csv"]).success
    assert list(inbox.iterdir()) == []
    assert path.exists()


def test_a_refused_file_fails_the_run_and_is_put_aside_with_the_reason(
    run_job: RunJob, connection: AnyConnection, inbox: Path, data_dir: Path
) -> None:
    path = inbox / "bad.csv"
    path.write_text("this;is;something;else\n1;2;3;4\n")
    outcome = run_job([path])
    assert not outcome.success
    assert outcome.metadata == {}
    reason = outcome.failures["raw__mmf_workouts"]
    assert "bad.csv" in reason
    rejected = data_dir / "rejected"
    assert (rejected / "bad.csv").exists()
    assert (rejected / "bad.csv.reason.txt").read_text() == f"{reason}\n"
    assert list(inbox.iterdir()) == []
    assert fetch_value(connection, "select status from raw.ingested_files") == "refused"


def test_a_file_that_is_right_now_is_read_although_it_was_refused_before(
    run_job: RunJob, connection: AnyConnection, inbox: Path
) -> None:
    path = inbox / "export.csv"
    path.write_text("nonsense\n")
    assert not run_job([path]).success
    assert run_job([write_export(path, [Workout()])]).success
    assert count_runs(connection) == 1


def test_a_refused_file_does_not_hold_up_its_neighbour(
    run_job: RunJob, connection: AnyConnection, inbox: Path, data_dir: Path
) -> None:
    bad, good = inbox / "bad.csv", write_export(inbox / "good.csv", [Workout()])
    bad.write_text("nonsense\n")
    outcome = run_job([bad, good])
    assert outcome.success
    assert list(outcome.metadata["raw/mmf_workouts"]["files_refused"]) == ["bad.csv"]
    assert count_runs(connection) == 1
    assert (data_dir / "rejected" / "bad.csv").exists()
    assert (data_dir / "archive" / "good.csv").exists()


def test_without_files_it_takes_what_lies_in_the_inbox_but_for_what_is_still_written(
    run_job: RunJob, connection: AnyConnection, inbox: Path
) -> None:
    made_before(write_export(inbox / "a.csv", [Workout(id=1)]), 2 * MINUTE_SECONDS)
    made_before(write_export(inbox / "b.CSV", [Workout(id=2)]), MINUTE_SECONDS)
    write_export(inbox / "c.csv", [Workout(id=3)])
    outcome = run_job()
    assert outcome.metadata["raw/mmf_workouts"]["files_imported"] == ["a.csv", "b.CSV"]
    assert [path.name for path in inbox.iterdir()] == ["c.csv"]
    assert count_runs(connection) == 2


def test_an_empty_inbox_is_no_failure(run_job: RunJob, inbox: Path) -> None:
    outcome = run_job()
    assert outcome.success
    assert outcome.metadata["raw/mmf_workouts"]["rows_in"] == 0


def test_a_time_zone_that_does_not_exist_fails_with_advice(run_job: RunJob, inbox: Path) -> None:
    path = write_export(inbox / "export.csv", [Workout()])
    outcome = run_job([path], time_zone="Middle/Earth")
    assert "is not a time zone" in outcome.failures["raw__mmf_workouts"]
    assert path.exists(), "the file is not to blame"


def test_a_file_names_the_dagster_run_that_read_it(
    run_job: RunJob, connection: AnyConnection, tmp_path: Path
) -> None:
    outcome = run_job([write_export(tmp_path / "export.csv", [Workout()])])
    assert fetch_value(connection, "select dagster_run_id from raw.ingested_files") == outcome.dagster_run_id
