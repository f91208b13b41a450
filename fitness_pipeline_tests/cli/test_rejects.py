"""Tests of `fitness-pipeline rejects`."""

import json
from pathlib import Path

import pytest

from fitness_pipeline_tests.cli.conftest import Run, export, export_row

pytestmark = pytest.mark.usefixtures("database_url", "data_dir")


def test_a_rejected_row_that_is_dismissed_is_not_told_of_again(run: Run, tmp_path: Path) -> None:
    older, newer = tmp_path / "older.csv", tmp_path / "newer.csv"
    older.write_text(export("cut,before,its,link", export_row("Feb. 30, 2025", 1)))
    run("import", older)
    listed = json.loads(run("rejects", "--json").out)
    ids = [reject["reject_id"] for reject in listed]
    assert len(ids) == 2
    assert "rejects dismiss ID" in run("rejects", "--limit", 1).out

    dismissed = run("rejects", "dismiss", *ids, "--by", "Ada")
    assert (dismissed.code, dismissed.out) == (0, "".join(f"{id} is dismissed.\n" for id in ids))
    assert run("rejects").out == "No row is rejected.\n"
    assert "rows are rejected" not in run("status").out
    newer.write_text(
        export("cut,before,its,link", export_row("Feb. 30, 2025", 1), export_row("May 6, 2025", 2))
    )
    again = run("import", "--strict", newer)
    assert again.code == 0
    assert "Besides, 2 rejected rows that you dismissed." in again.out
    assert run("rejects").out == "No row is rejected.\n"

    newer.write_text(export("cut,before,its,li", export_row("Feb. 31, 2025", 1)))
    run("import", newer)
    assert len(json.loads(run("rejects", "--json").out)) == 2


def test_what_is_no_rejected_row_is_named_and_the_others_are_dismissed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export("too,few", export_row("May 6, 2025", 2)))
    run("import", path)
    (listed,) = json.loads(run("rejects", "--json").out)
    ended = run("rejects", "dismiss", 4711, listed["reject_id"])
    assert ended.code == 2
    assert "4711 is no rejected row." in ended.err
    assert ended.out == f"{listed['reject_id']} is dismissed.\n"
