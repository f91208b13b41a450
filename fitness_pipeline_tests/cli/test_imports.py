"""Tests of `fitness-pipeline import`."""

import json
from pathlib import Path
from typing import Any

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export
from fitness_pipeline_tests.cli.conftest import Run, export, export_row
from fitness_pipeline_tests.strava_raw import activity, put_activities, put_gear

pytestmark = pytest.mark.usefixtures("database_url", "data_dir")


def test_an_export_becomes_runs_and_the_same_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1), export_row("May 7, 2025", 2, kind="Walk")))
    first = run("import", path)
    assert first.code == 0
    assert "Kept, but no runs: 1 Walk." in first.out
    assert [run.id for run in db.runs.get_all_runs()] == ["mmf_1"]

    again = run("import", path)
    assert again.code == 0
    assert "Nothing has changed." in again.out
    assert path.exists(), "a file outside the inbox is its owner's"


def test_a_refused_file_is_named_with_its_reason_and_its_neighbour_is_imported(
    run: Run, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(export(export_row("May 6, 2025", 1)))
    bad.write_text("this;is;something;else\n1;2;3;4\n")
    ended = run("import", bad, good, tmp_path / "missing.csv")
    assert ended.code == 2
    assert "bad.csv" in ended.err
    assert "missing.csv cannot be read" in ended.err
    assert "Traceback" not in ended.err
    assert len(db.runs.get_all_runs()) == 1


def test_rejected_rows_are_shown_and_count_as_failure_only_when_strict(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("Feb. 30, 2025", 1), export_row("May 6, 2025", 2)))
    strict = run("import", "--strict", path)
    assert strict.code == 1
    assert 'Workout Date "Feb. 30, 2025" is not a date' in strict.out
    assert len(db.runs.get_all_runs()) == 1
    assert run("import", path).code == 0


def test_json_tells_the_same_to_a_script(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1), export_row("May 7, 2025", 2, miles="")))
    told = json.loads(run("import", "--json", path).out)
    assert (told["rows_found"], told["inserted"], told["updated"], told["unchanged"]) == (2, 1, 0, 0)
    assert [reject["row_number"] for reject in told["rejects"]] == [3]


def bad_rows() -> list[str]:
    """Rows of which none can be a run: no day, no distance, too few cells, a workout told of otherwise."""
    walk = export_row("May 6, 2025", 9, kind="Walk")
    return [
        export_row("Feb. 30, 2025", 1),
        export_row("May 6, 2025", 2, miles="far"),
        "too,few",
        walk,
        walk.replace("300", "301"),
    ]


def told_rows(told: dict[str, Any]) -> list[int]:
    """The counts that make up all rows: inserted, updated, unchanged, rejected, dismissed, others."""
    parts = [told[name] for name in ("inserted", "updated", "unchanged", "rejected", "dismissed")]
    return [*parts, sum(told["other_activities"].values())]


def test_every_row_of_an_export_is_told_of_whichever_export_brought_it_first(
    run: Run, tmp_path: Path
) -> None:
    good = [export_row("May 7, 2025", number) for number in (11, 12, 12)]
    older, newer = tmp_path / "older.csv", tmp_path / "newer.csv"
    older.write_text(export(*bad_rows(), *good))
    newer.write_text(export(export_row("May 8, 2025", 13), *good, *bad_rows()))
    first = json.loads(run("import", "--json", older).out)
    assert (first["rows_found"], told_rows(first)) == (8, [2, 0, 1, 4, 0, 1])
    ended = run("import", "--strict", "--json", newer)
    second = json.loads(ended.out)
    assert ended.code == 1
    assert (second["rows_found"], told_rows(second)) == (9, [1, 0, 3, 4, 0, 1])
    assert [reject["row_number"] for reject in second["rejects"]] == [6, 7, 8, 10]
    assert {reject["file_name"] for reject in second["rejects"]} == {"newer.csv"}
    both = json.loads(run("import", "--json", older, newer).out)
    assert (both["rows_found"], told_rows(both)) == (17, [0, 0, 7, 8, 0, 2])


def test_a_file_that_was_imported_before_is_said_to_be_left_unread(run: Run, tmp_path: Path) -> None:
    older, newer = tmp_path / "older.csv", tmp_path / "newer.csv"
    older.write_text(export(export_row("May 6, 2025", 1, miles="3.5")))
    newer.write_text(export(export_row("May 6, 2025", 1, miles="350")))
    run("import", older)
    run("import", newer)
    told = run("import", older).out.replace("\n", " ")
    assert "older.csv: This file was imported on 20" in told
    assert "already; nothing was read. What other exports said since, such as newer.csv on" in told
    assert "as it is" not in told
    assert [run.distance for run in db.runs.get_all_runs()] == [350]
    again = run("import", "--again", older)
    assert "nothing was read" not in again.out
    assert [run.distance for run in db.runs.get_all_runs()] == [3.5]


def test_a_time_zone_given_with_a_file_is_that_of_its_runs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1)))
    assert run("import", "--time-zone", "Europe/Berlin", path).code == 0
    (imported,) = db.runs.get_all_runs()
    assert imported.datetime_utc.isoformat() == "2025-05-06T10:00:00+00:00"


def test_an_unknown_time_zone_is_one_sentence(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1)))
    ended = run("import", "--time-zone", "Mars/Olympus", path)
    assert ended.code == 2
    assert "'Mars/Olympus' is not a time zone." in ended.err
    assert db.runs.get_all_runs() == []


def test_an_alias_repairs_the_runs_of_the_past(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1, notes="Shoes: M1080K10")))
    run("import", path)
    ended = run("shoes", "alias", "m1080k10", "New Balance M1080K10")
    assert (ended.code, ended.out) == (0, "Noted. 1 run was repaired.\n")
    (repaired,) = db.runs.get_all_runs()
    assert repaired.shoe_id == "new_balance_m1080k10"
    assert repaired.version == 2
    assert "New Balance M1080K10" in run("shoes", "aliases").out
    assert run("shoes", "alias", "Saucony", "Saucony Ride").out == "Noted. No run had to change.\n"
    run("shoes", "unalias", "M1080K10")
    (restored,) = db.runs.get_all_runs()
    assert (restored.shoe_id, restored.version) == ("m1080k10", 3)


def test_an_alias_repairs_the_runs_of_every_provider(run: Run, connection: AnyConnection) -> None:
    put_activities(connection, [activity(1, gear_id="g1")])
    put_gear(connection, "g1", "Brooks Ghost 15")
    told = run("shoes", "alias", "Ghosty", "Ghost 15")
    assert (told.code, [run.shoe_id for run in db.runs.get_all_runs()]) == (0, ["brooks_ghost_15"])
    told = run("shoes", "alias", "Brooks Ghost 15", "Ghost 15")
    assert (told.code, [run.shoe_id for run in db.runs.get_all_runs()]) == (0, ["ghost_15"])
    assert told.out == "Noted. 1 run was repaired.\n"


def test_an_import_tells_nothing_of_what_another_provider_had_brought(
    run: Run, tmp_path: Path, connection: AnyConnection
) -> None:
    put_activities(connection, [activity(1), activity(2, sport_type="Ride")])
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1)))
    told = json.loads(run("import", "--json", path).out)
    assert (told["inserted"], told["other_activities"]) == (1, {})
    assert len(db.runs.get_all_runs()) == 2


def test_a_run_that_cannot_be_is_named_and_what_was_imported_is_told_all_the_same(
    run: Run, tmp_path: Path, connection: AnyConnection
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1)))
    run("import", path)
    connection.execute("update runs set avg_heart_rate = 300")
    connection.execute("delete from normalized.checks_passed")  # as if a day had gone by
    ended = run("import", path)
    assert ended.code == 2
    assert "Nothing has changed." in ended.out
    assert "values_are_possible did not pass. 1 runs break this rule, such as mmf_1." in ended.err
    assert "Dagster" not in ended.err
    assert run("shoes", "alias", "One", "Two").code == 2


def test_status_tells_when_runs_are_behind_what_was_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1)))
    ingest_export(path)
    assert "The runs are behind what was read." in run("status").out
    run("import", path)
    assert "behind" not in run("status").out
