"""From an export file to raw rows: all of them or none, each content once."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.ingested_files import find_file, list_files
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.errors import (
    CutOff,
    FileUnreadable,
    NoRows,
    NoUsableHeader,
    UnknownTimeZone,
    UnknownUnit,
    UnusableFile,
    WrongEncoding,
)
from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export
from fitness_pipeline_tests.builders import Importer, Workout, row_versions, write_export


@pytest.fixture
def take(scratch: AnyConnection, tmp_path: Path) -> Importer:
    return Importer(scratch, tmp_path)


def raw_rows(connection: AnyConnection) -> dict[str, dict[str, Any]]:
    """The stored rows by their keys."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute("select * from raw.mmf_workouts order by workout_key").fetchall()
    return {row["workout_key"]: row for row in rows}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_cell_is_kept_as_it_came(scratch: AnyConnection, take: Importer) -> None:
    cells = [
        "May 7, 2025",
        "May 6, 2025",
        "Run",
        "1,582",
        "3.08999",
        "2036",
        "8.48333",
        "0",
        "7.07269",
        "146.25",
        " 149 ",
        "",
        "b'Shoes: X\\n'",
        'a "quoted", cell\nof two lines',
        "www.mapmyfitness.com/workout/77/?utm=x",
    ]
    take.ingest(cells)
    (row,) = raw_rows(scratch).values()
    names = (
        "date_submitted, workout_date, activity_type, calories_burned, distance, workout_time, avg_pace, "
        "max_pace, avg_speed, max_speed, avg_heart_rate, steps, notes, source, link"
    )
    assert [row[name] for name in names.split(", ")] == cells
    assert (row["workout_key"], row["unit"], row["time_zone"], row["extra"], row["row_number"]) == (
        "mmf_77",
        "mi",
        None,
        "",
        2,
    )


def test_a_file_is_counted_and_known_by_its_content(scratch: AnyConnection, take: Importer) -> None:
    path = take.export(Workout(id=1), Workout(id=2, activity="Walk"), Workout(id=3), unit="km")
    ingested = ingest_export(path, time_zone="Europe/Berlin", dagster_run_id="run-1", conn=scratch)
    file = ingested.file
    assert not ingested.was_known
    assert file == find_file("mmf", sha256(path), conn=scratch)
    assert (file.name, file.size_bytes, file.status) == (path.name, path.stat().st_size, "imported")
    assert (file.unit, file.time_zone, file.dagster_run_id) == ("km", "Europe/Berlin", "run-1")
    assert (file.rows_found, file.rows_new, file.rows_changed, file.rows_unchanged) == (3, 3, 0, 0)
    assert file.activity_types == {"Run": 2, "Walk": 1}
    assert {row["file_id"] for row in raw_rows(scratch).values()} == {file.file_id}


def test_the_same_content_again_is_recognised_and_changes_nothing(
    scratch: AnyConnection, take: Importer, tmp_path: Path
) -> None:
    path = take.export(Workout(id=1), Workout(id=2))
    first = ingest_export(path, conn=scratch)
    before = row_versions(scratch)
    copy = Path(shutil.copy(path, tmp_path / "renamed.csv"))
    again = ingest_export(copy, conn=scratch)
    assert (again.was_known, again.file) == (True, first.file)
    assert row_versions(scratch) == before


def test_the_same_name_with_new_content_is_new(scratch: AnyConnection, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    first = ingest_export(write_export(path, [Workout(id=1)]), conn=scratch)
    second = ingest_export(write_export(path, [Workout(id=1), Workout(id=2)]), conn=scratch)
    assert not second.was_known
    assert second.file.file_id != first.file.file_id
    assert (second.file.rows_new, second.file.rows_unchanged) == (1, 1)
    assert [file.name for file in list_files(conn=scratch)] == ["export.csv", "export.csv"]


def test_only_new_and_changed_rows_are_written(scratch: AnyConnection, take: Importer) -> None:
    take.ingest(Workout(id=1), Workout(id=2), Workout(id=3))
    before = row_versions(scratch, "raw.ingested_files")
    file = take.ingest(Workout(id=1), Workout(id=2, distance="4"), Workout(id=3), Workout(id=4)).file
    assert (file.rows_new, file.rows_changed, file.rows_unchanged) == (1, 1, 2)
    after = row_versions(scratch, "raw.ingested_files")
    assert (len(before - after), len(after - before)) == (1, 2)
    rows = raw_rows(scratch)
    assert (rows["mmf_2"]["distance"], rows["mmf_2"]["file_id"], rows["mmf_2"]["row_number"]) == (
        "4",
        file.file_id,
        3,
    )
    assert rows["mmf_1"]["file_id"] != file.file_id


def test_other_line_ends_and_another_order_of_the_same_rows_write_nothing_but_the_file(
    scratch: AnyConnection, take: Importer, tmp_path: Path
) -> None:
    take.ingest(Workout(id=1), Workout(id=2))
    before = row_versions(scratch, "raw.ingested_files")
    text = take.export(Workout(id=2), Workout(id=1)).read_text()
    (tmp_path / "windows.csv").write_text(text.replace("\n", "\r\n"), newline="")
    file = ingest_export(tmp_path / "windows.csv", conn=scratch).file
    assert (file.rows_new, file.rows_changed, file.rows_unchanged) == (0, 0, 2)
    assert row_versions(scratch, "raw.ingested_files") == before


def test_rows_of_one_file_share_a_change_id_and_later_files_have_a_greater_one(
    scratch: AnyConnection, take: Importer
) -> None:
    take.ingest(*(Workout(id=number) for number in range(1, 200)))
    take.ingest(*(Workout(id=number, distance="9") for number in range(100, 300)))
    newest: dict[int, set[int]] = {}
    for row in raw_rows(scratch).values():
        newest.setdefault(row["file_id"], set()).add(row["change_id"])
    first, second = (newest[file_id] for file_id in sorted(newest))
    assert (len(first), len(second)) == (1, 1)
    assert max(first) < max(second)


def test_a_row_that_is_missing_in_a_newer_export_stays(scratch: AnyConnection, take: Importer) -> None:
    take.ingest(Workout(id=1), Workout(id=2))
    take.ingest(Workout(id=2))
    assert set(raw_rows(scratch)) == {"mmf_1", "mmf_2"}


def test_a_time_zone_that_is_given_later_changes_the_rows(scratch: AnyConnection, take: Importer) -> None:
    path = take.export(Workout(id=1))
    ingest_export(path, conn=scratch)
    file = ingest_export(path, time_zone="Europe/Berlin", conn=scratch).file
    assert (file.rows_changed, file.time_zone) == (1, "Europe/Berlin")
    assert raw_rows(scratch)["mmf_1"]["time_zone"] == "Europe/Berlin"
    assert ingest_export(path, time_zone="Europe/Berlin", conn=scratch).was_known


def test_an_unknown_time_zone_is_refused_before_anything_is_read(
    scratch: AnyConnection, tmp_path: Path
) -> None:
    with pytest.raises(UnknownTimeZone, match="Mars/Olympus"):
        ingest_export(tmp_path / "missing.csv", time_zone="Mars/Olympus", conn=scratch)
    assert list_files(conn=scratch) == []


def test_a_row_that_repeats_another_is_unchanged(scratch: AnyConnection, take: Importer) -> None:
    file = take.ingest(Workout(id=1), Workout(id=2), Workout(id=1)).file
    assert (file.rows_found, file.rows_new, file.rows_unchanged, file.rows_rejected) == (3, 2, 1, 0)
    assert raw_rows(scratch)["mmf_1"]["row_number"] == 2
    assert get_open_rejects(conn=scratch) == []


def test_a_row_that_contradicts_an_earlier_one_is_kept_as_a_reject(
    scratch: AnyConnection, take: Importer
) -> None:
    file = take.ingest(Workout(id=1, distance="3"), Workout(id=2), Workout(id=1, distance="4")).file
    assert (file.rows_found, file.rows_new, file.rows_rejected) == (3, 2, 1)
    assert raw_rows(scratch)["mmf_1"]["distance"] == "3"
    (reject,) = get_open_rejects(conn=scratch)
    assert (reject.file_name, reject.row_number) == (file.name, 4)
    assert "Row 2 already tells of this workout" in reject.reason
    assert (reject.payload["distance"], reject.payload["workout_date"]) == ("4", "May 6, 2025")


def test_each_of_several_contradictions_is_kept(scratch: AnyConnection, take: Importer) -> None:
    file = take.ingest(*(Workout(id=1, distance=text) for text in ("3", "4", "3", "5"))).file
    assert (file.rows_new, file.rows_unchanged, file.rows_rejected) == (1, 1, 2)
    assert [reject.payload["distance"] for reject in get_open_rejects(conn=scratch)] == ["4", "5"]


def test_equal_rows_without_a_link_are_runs_of_their_own(scratch: AnyConnection, take: Importer) -> None:
    twice_a_day = [Workout(id=None), Workout(id=None)]
    file = take.ingest(*twice_a_day).file
    assert (file.rows_new, file.rows_rejected) == (2, 0)
    first, second = raw_rows(scratch)
    assert first.startswith("mmf_x_")
    assert second == f"{first}_2"
    before = row_versions(scratch, "raw.ingested_files")
    assert take.ingest(*twice_a_day, Workout(id=9)).file.rows_unchanged == 2
    assert row_versions(scratch, "raw.ingested_files") > before


def test_rows_without_a_link_are_told_apart_by_day_type_and_time(
    scratch: AnyConnection, take: Importer
) -> None:
    take.ingest(
        Workout(id=None),
        Workout(id=None, day="May 7, 2025"),
        Workout(id=None, seconds="1801"),
        Workout(id=None, activity="Walk"),
    )
    assert len(raw_rows(scratch)) == 4


def test_a_row_without_a_link_is_the_same_in_another_unit_and_with_other_notes(
    scratch: AnyConnection, take: Importer
) -> None:
    take.ingest(Workout(id=None, distance="3.0"))
    file = take.ingest(Workout(id=None, distance="4.828", notes="Easy"), unit="km").file
    assert (file.rows_new, file.rows_changed) == (0, 1)


def test_a_malformed_row_is_kept_and_its_neighbours_go_on(scratch: AnyConnection, take: Importer) -> None:
    file = take.ingest(
        Workout(id=1), ["only", "three", "cells"], Workout(id=2), [*Workout().cells(), "16th"]
    ).file
    assert (file.rows_found, file.rows_new, file.rows_rejected) == (4, 2, 2)
    short, long = get_open_rejects(conn=scratch)
    assert (short.file_name, short.row_number) == (file.name, 3)
    assert short.reason == "The row has 3 cells, but the header has 15"
    assert short.payload == {"text": "only,three,cells"}
    assert (long.row_number, long.reason) == (5, "The row has 16 cells, but the header has 15")


def test_a_malformed_row_that_comes_again_is_one_reject(scratch: AnyConnection, take: Importer) -> None:
    take.ingest(["a", "b"], Workout(id=1))
    file = take.ingest(Workout(id=1), Workout(id=2), ["a", "b"]).file
    (reject,) = get_open_rejects(conn=scratch)
    assert (reject.file_name, reject.row_number) == (file.name, 4)


def test_a_malformed_row_is_resolved_by_an_export_that_has_its_workout_whole(
    scratch: AnyConnection, take: Importer
) -> None:
    take.ingest(Workout(id=1), Workout(id=2).cells()[1:])
    take.ingest(Workout(id=1), Workout(id=3))
    assert len(get_open_rejects(conn=scratch)) == 1
    take.ingest(Workout(id=1), Workout(id=2))
    assert get_open_rejects(conn=scratch) == []


def test_a_contradiction_is_resolved_by_an_export_that_tells_of_the_workout_once(
    scratch: AnyConnection, take: Importer
) -> None:
    take.ingest(Workout(id=1, distance="3"), Workout(id=1, distance="4"))
    take.ingest(Workout(id=1, distance="4"))
    assert get_open_rejects(conn=scratch) == []
    take.ingest(Workout(id=1, distance="4"), Workout(id=1, distance="3"))
    assert len(get_open_rejects(conn=scratch)) == 1


def test_a_last_row_that_is_whole_counts_without_a_line_end(scratch: AnyConnection, take: Importer) -> None:
    path = take.export(Workout(id=8_622_076_197), Workout(id=8_622_076_198))
    path.write_text(path.read_text().rstrip("\n"))
    file = ingest_export(path, conn=scratch).file
    assert (file.rows_found, file.rows_new, file.rows_rejected) == (2, 2, 0)


@pytest.mark.parametrize("missing", [4, 20, 44, 60, 97])
def test_a_row_at_which_the_file_was_cut_off_is_rejected_until_it_comes_whole(
    scratch: AnyConnection, take: Importer, missing: int
) -> None:
    first = Workout(id=2_335_640_106)
    whole = take.export(first, Workout(id=1_335_640_106, day="May 4, 2025", notes="Easy, slow"))
    text = whole.read_text().rstrip("\n")
    cut = whole.with_name("cut.csv")
    cut.write_text(text[: len(text) - missing])
    file = ingest_export(cut, conn=scratch).file
    assert (file.rows_found, file.rows_new, file.rows_rejected) == (2, 1, 1)
    assert set(raw_rows(scratch)) == {"mmf_2335640106"}
    (reject,) = get_open_rejects(conn=scratch)
    assert (reject.file_name, reject.row_number) == ("cut.csv", 3)
    assert reject.reason.startswith("The file ends in this row without a line end")
    take.ingest(first, Workout(id=7, day="May 5, 2025"), Workout(id=133_564))
    assert len(get_open_rejects(conn=scratch)) == 1
    ingest_export(whole, conn=scratch)
    assert set(raw_rows(scratch)) == {"mmf_2335640106", "mmf_7", "mmf_133564", "mmf_1335640106"}
    assert get_open_rejects(conn=scratch) == []


def test_a_known_file_says_when_it_was_imported_and_what_came_since(
    scratch: AnyConnection, take: Importer
) -> None:
    first, second = take.export(Workout(id=1)), take.export(Workout(id=1, distance="4"))
    assert ingest_export(first, conn=scratch).remark is None
    day = fetch_value(scratch, "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD')")
    told = f"This file was imported on {day} already; nothing was read."
    assert ingest_export(first, conn=scratch).remark == told
    ingest_export(second, conn=scratch)
    remark = ingest_export(first, conn=scratch).remark
    assert remark is not None
    assert remark.startswith(f"{told} What other exports said since, such as {second.name} on {day}, stays;")
    assert raw_rows(scratch)["mmf_1"]["distance"] == "4"


def test_a_known_file_is_read_again_when_that_is_asked_for(scratch: AnyConnection, take: Importer) -> None:
    bad = Workout(id=2, day="never")
    first, second = take.export(Workout(id=1), bad), take.export(Workout(id=1, distance="4"))
    ingest_export(first, conn=scratch)
    ingest_export(second, conn=scratch)
    again = ingest_export(first, is_known_read_again=True, conn=scratch)
    assert (again.was_known, again.file.rows_changed, again.file.rows_unchanged) == (False, 1, 1)
    assert raw_rows(scratch)["mmf_1"]["distance"] == "3.0"
    before = row_versions(scratch, "raw.ingested_files", "raw.rejected_rows")
    assert ingest_export(first, is_known_read_again=True, conn=scratch).file.rows_unchanged == 2
    assert row_versions(scratch, "raw.ingested_files", "raw.rejected_rows") == before


def cut_off(path: Path) -> Path:
    """An export of good rows that ends inside a quoted cell."""
    path.write_text(write_export(path, [Workout(id=1), Workout(id=2)]).read_text() + '"May 6, 20')
    return path


REFUSALS: dict[str, tuple[bytes, type[UnusableFile]]] = {
    "an empty file": (b"", NoUsableHeader),
    "another header": (b"a,b,c\n1,2,3\n", NoUsableHeader),
    "UTF-16": ("Date Submitted".encode("utf-16"), WrongEncoding),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_file_that_is_no_export_is_refused_and_the_refusal_recorded(
    scratch: AnyConnection, tmp_path: Path, name: str
) -> None:
    content, kind = REFUSALS[name]
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(kind) as refusal:
        ingest_export(path, dagster_run_id="run-1", conn=scratch)
    file = find_file("mmf", sha256(path), conn=scratch)
    assert file is not None
    assert (file.status, file.refusal_reason, file.dagster_run_id) == ("refused", str(refusal.value), "run-1")


def test_an_export_without_rows_or_in_an_unknown_unit_is_refused(
    scratch: AnyConnection, take: Importer
) -> None:
    with pytest.raises(NoRows):
        take.ingest()
    with pytest.raises(UnknownUnit):
        take.ingest(Workout(id=1), unit="furlong")
    assert [file.status for file in list_files(conn=scratch)] == ["refused", "refused"]


def test_a_file_that_is_not_there_is_refused_without_a_record(scratch: AnyConnection, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(FileUnreadable, match=str(path)):
            ingest_export(path, conn=scratch)
    assert list_files(conn=scratch) == []


def test_a_failure_in_the_middle_leaves_nothing_but_the_refusal(
    scratch: AnyConnection, tmp_path: Path
) -> None:
    before = row_versions(scratch)
    path = cut_off(tmp_path / "export.csv")
    with pytest.raises(CutOff):
        ingest_export(path, conn=scratch)
    assert {table for table, *_ in row_versions(scratch) - before} == {"raw.ingested_files"}
    file = find_file("mmf", sha256(path), conn=scratch)
    assert file is not None
    assert (file.status, file.rows_found) == ("refused", 0)


def test_a_failure_in_the_middle_on_our_own_connection_leaves_nothing_but_the_refusal(
    connection: AnyConnection, tmp_path: Path
) -> None:
    with pytest.raises(CutOff):
        ingest_export(cut_off(tmp_path / "export.csv"))
    assert raw_rows(connection) == {}
    assert [file.status for file in list_files()] == ["refused"]


def test_after_a_refusal_the_callers_transaction_goes_on(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url) as caller:
        with pytest.raises(CutOff):
            ingest_export(cut_off(tmp_path / "cut_off.csv"), conn=caller)
        ingest_export(write_export(tmp_path / "whole.csv", [Workout(id=1)]), conn=caller)
    assert {file.name: file.status for file in list_files()} == {
        "cut_off.csv": "refused",
        "whole.csv": "imported",
    }


def test_a_refusal_that_the_caller_takes_back_is_not_recorded(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url) as caller:
        with pytest.raises(CutOff):
            ingest_export(cut_off(tmp_path / "export.csv"), conn=caller)
        caller.rollback()
    assert list_files() == []


def test_a_refused_content_is_tried_again(scratch: AnyConnection, tmp_path: Path) -> None:
    """As when an older version of this program did not understand it."""
    path = write_export(tmp_path / "export.csv", [Workout(id=1)])
    scratch.execute(
        """
        insert into raw.ingested_files (provider, sha256, name, size_bytes, status, refusal_reason)
        values ('mmf', %s, 'export.csv', 1, 'refused', 'It was not understood.')
        """,
        [sha256(path)],
    )
    ingested = ingest_export(path, conn=scratch)
    assert not ingested.was_known
    assert (ingested.file.status, ingested.file.refusal_reason, ingested.file.rows_new) == (
        "imported",
        None,
        1,
    )


def test_a_refused_content_is_refused_again_while_it_cannot_be_used(
    scratch: AnyConnection, tmp_path: Path
) -> None:
    path = cut_off(tmp_path / "export.csv")
    for _ in range(2):
        with pytest.raises(CutOff):
            ingest_export(path, conn=scratch)
    assert len(list_files(conn=scratch)) == 1


def test_columns_beyond_the_known_ones_are_kept(scratch: AnyConnection, tmp_path: Path) -> None:
    path = write_export(tmp_path / "export.csv", [Workout(id=1)])
    header, row = path.read_text().splitlines()
    path.write_text(f"{header},Weather\n{row},Rain\n")
    ingest_export(path, conn=scratch)
    assert raw_rows(scratch)["mmf_1"]["extra"] == '{"Weather":"Rain"}'


def test_notes_that_look_like_the_end_of_a_copy_are_kept(scratch: AnyConnection, take: Importer) -> None:
    notes = 'first\n\\.\n"quoted", and\r\na third \\N'
    take.ingest(Workout(id=1, notes=notes), Workout(id=2))
    rows = raw_rows(scratch)
    assert (rows["mmf_1"]["notes"], set(rows)) == (notes, {"mmf_1", "mmf_2"})


def test_without_a_connection_the_database_of_the_settings_is_used(
    connection: AnyConnection, tmp_path: Path
) -> None:
    path = write_export(tmp_path / "export.csv", [Workout(id=1)])
    assert not ingest_export(path).was_known
    assert ingest_export(path).was_known
    assert fetch_value(connection, "select count(*) from raw.mmf_workouts") == 1
    assert db.runs.get_existing_run_ids() == set()
