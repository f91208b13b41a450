"""An export is read as a spreadsheet shows it, or refused with a sentence that says what to do."""

import csv
import io
import json
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.errors import (
    CutOff,
    FileUnreadable,
    NoRows,
    NoUsableHeader,
    UnknownUnit,
    UnusableFile,
    WrongEncoding,
)
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_PAGE
from fitness_pipeline.providers.mapmyfitness.columns import CELL_COLUMNS
from fitness_pipeline.providers.mapmyfitness.export import open_export
from fitness_pipeline_tests.providers.mapmyfitness.exports import HEADER, as_csv, cells, read, write

COLUMNS = ["row_number", *CELL_COLUMNS, "extra"]


def test_a_row_has_its_number_its_cells_and_nothing_else(tmp_path: Path) -> None:
    rows, malformed = read(write(tmp_path, as_csv([cells(7, notes="Shoes: Karhu", avg_heart_rate="151")])))
    assert rows.schema == {name: pl.Int64 if name == "row_number" else pl.String for name in COLUMNS}
    assert rows.row(0) == (2, *cells(7, notes="Shoes: Karhu", avg_heart_rate="151"), "")
    assert malformed == []


def test_unit_and_header_are_known_before_any_row_is_read(tmp_path: Path) -> None:
    header = [
        f" {cell} ".replace("mi", "km") for cell in ("Distance (mi)", "Link", "Workout Date", "Activity Type")
    ]
    with open_export(write(tmp_path, as_csv([], [*header, "Workout Time (seconds)"]))) as export:
        assert export.unit == "km"
        assert export.header == (
            "Distance (km)",
            "Link",
            "Workout Date",
            "Activity Type",
            "Workout Time (seconds)",
        )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quotes_everything", [False, True])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_quotes_and_a_byte_order_mark_make_no_difference(
    tmp_path: Path, line_end: str, quotes_everything: bool, mark: str
) -> None:
    text = as_csv([cells(1), cells(2)], line_end=line_end, quotes_everything=quotes_everything)
    rows, _ = read(write(tmp_path, mark + text))
    assert rows.rows() == [(2, *cells(1), ""), (3, *cells(2), "")]


@pytest.mark.parametrize("missing", [1, 3, 36, 42, 60])
def test_a_last_row_that_may_lack_its_end_is_no_row_to_rely_on(tmp_path: Path, missing: int) -> None:
    text = as_csv([cells(1_335_640_105), cells(1_335_640_106)]).rstrip("\n")
    text = text[: len(text) - missing]
    rows, (cut_off,) = read(write(tmp_path, text))
    assert rows.rows() == [(2, *cells(1_335_640_105), "")]
    assert (cut_off.row_number, cut_off.text) == (3, text.splitlines()[-1])


@pytest.mark.parametrize("ids", [(1,), (9, 10), (20, 10)], ids=str)
@pytest.mark.parametrize("quotes_everything", [False, True])
def test_a_last_row_that_ends_with_a_workout_needs_no_line_end(
    tmp_path: Path, ids: tuple[int, ...], quotes_everything: bool
) -> None:
    text = as_csv([cells(id) for id in ids], quotes_everything=quotes_everything).rstrip("\n")
    rows, malformed = read(write(tmp_path, text))
    assert rows.rows() == [(number, *cells(id), "") for number, id in enumerate(ids, start=2)]
    assert malformed == []


def test_a_row_that_is_cut_off_tells_its_cells_by_their_names(tmp_path: Path) -> None:
    text = as_csv([cells(1, notes='a "b",\nc')[::-1]], HEADER[::-1])
    with open_export(write(tmp_path, text[: text.index('c",') + 12])) as export:
        assert list(export.batches()) == []
        (cut_off,) = export.malformed
        told = export.cells_of(cut_off)
    assert told is not None
    usual = dict(zip(CELL_COLUMNS, cells(1, notes='a "b",\nc'), strict=True))
    assert {**usual, **told.whole} == usual
    assert told.begun.keys().isdisjoint(told.whole)
    assert all(usual[name].startswith(begun) for name, begun in told.begun.items())
    assert [told.whole["link"], len(told.begun)] == [usual["link"], 1]


def test_a_cut_off_cell_of_an_unusual_length_is_not_told(tmp_path: Path) -> None:
    with open_export(write(tmp_path, as_csv([cells(1, notes="x" * 200_000)])[:-5])) as export:
        assert list(export.batches()) == []
        assert export.cells_of(export.malformed[0]) is None


def test_a_note_of_several_lines_is_one_row(tmp_path: Path) -> None:
    note = 'line one\nShoes: Brooks Ghost 15\r\n\n"quoted", he said'
    rows, _ = read(write(tmp_path, as_csv([cells(1, notes=note), cells(2)])))
    assert rows["notes"].to_list() == [note, ""]
    assert rows["row_number"].to_list() == [2, 3]


def test_cells_are_not_interpreted(tmp_path: Path) -> None:
    odd = {
        "distance": " 1,582 ",
        "steps": "NULL",
        "calories_burned": "NaN",
        "notes": "''",
        "avg_pace": "#N/A",
    }
    rows, _ = read(write(tmp_path, as_csv([cells(1, **odd)])))
    assert rows.select(*odd).row(0, named=True) == odd


def test_columns_in_another_order_find_their_place(tmp_path: Path) -> None:
    text = as_csv([cells(5, notes="x")[::-1]], HEADER[::-1])
    assert read(write(tmp_path, text))[0].rows() == [(2, *cells(5, notes="x"), "")]


def test_columns_that_are_missing_are_empty(tmp_path: Path) -> None:
    needed = ["Workout Date", "Activity Type", "Distance (km)", "Workout Time (seconds)", "Link"]
    rows, _ = read(write(tmp_path, as_csv([["July 4, 2024", "Run", "5", "1500", "/workout/1"]], needed)))
    assert rows.columns == COLUMNS
    assert rows["distance"].to_list() == ["5"]
    assert rows["notes"].to_list() == rows["source"].to_list() == [""]


def test_unknown_columns_are_kept_as_json(tmp_path: Path) -> None:
    header = [*HEADER, "Weather", "Weather"]
    text = as_csv([[*cells(1), 'sunny, "hot"\n', "☀"], [*cells(2), "", ""], [*cells(3), "", "☂"]], header)
    extra = read(write(tmp_path, text))[0]["extra"].to_list()
    assert json.loads(extra[0]) == {"Weather": 'sunny, "hot"\n', "Weather (2)": "☀"}
    assert extra[1] == ""
    assert json.loads(extra[2]) == {"Weather": "", "Weather (2)": "☂"}


def test_empty_lines_are_no_rows_but_count_as_in_a_spreadsheet(tmp_path: Path) -> None:
    header, first, second = as_csv([cells(1), cells(2)]).splitlines()
    text = "\n".join([header, "", first, "," * 14, "   ", second, "", ""])
    rows, malformed = read(write(tmp_path, text))
    assert rows["row_number"].to_list() == [3, 6]
    assert malformed == []


def test_a_row_that_lacks_a_cell_does_not_harm_its_neighbours(tmp_path: Path) -> None:
    rows, malformed = read(
        write(tmp_path, as_csv([cells(1), cells(2)[1:], cells(3), [*cells(4), "x"], cells(5)]))
    )
    assert rows["row_number"].to_list() == [2, 4, 6]
    assert [(row.row_number, row.reason) for row in malformed] == [
        (3, "The row has 14 cells, but the header has 15"),
        (5, "The row has 16 cells, but the header has 15"),
    ]
    assert malformed[0].text.endswith("/workout/2")


def test_an_export_of_malformed_rows_is_not_one_without_rows(tmp_path: Path) -> None:
    with open_export(write(tmp_path, as_csv([["lonely"]]))) as export:
        assert list(export.batches()) == []
        assert [row.text for row in export.malformed] == ["lonely"]


def test_reading_again_gives_the_same(tmp_path: Path) -> None:
    with open_export(write(tmp_path, as_csv([cells(1), ["lonely"]]))) as export:
        first = pl.concat(list(export.batches()))
        assert first.equals(pl.concat(list(export.batches())))
        assert len(export.malformed) == 1


def test_a_reader_may_stop_after_the_first_batch(tmp_path: Path) -> None:
    with open_export(write(tmp_path, as_csv(cells(number) for number in range(60_000)))) as export:
        assert next(export.batches()).row(0)[0] == 2


def test_a_large_export_comes_in_batches(tmp_path: Path) -> None:
    path = write(tmp_path, as_csv(cells(number) for number in range(110_000)))
    with open_export(path) as export:
        batches = list(export.batches())
    assert max(batch.height for batch in batches) < 50_000
    numbers = pl.concat(batch["row_number"] for batch in batches)
    assert numbers.equals(pl.Series("row_number", range(2, 110_002)))


def test_a_very_long_note_is_kept_whole(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, as_csv([cells(1, notes="x\n" * 200_000), cells(2)])))
    assert rows["notes"].str.len_bytes().to_list() == [400_000, 0]


@settings(deadline=None)
@given(st.lists(st.text().filter(lambda text: "\0" not in text), min_size=1, max_size=5))
def test_any_note_that_a_csv_writer_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, notes: list[str]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *(cells(number, notes=note) for number, note in enumerate(notes))])
    path = write(tmp_path_factory.mktemp("notes"), text.getvalue())
    assert read(path)[0]["notes"].to_list() == notes


# Files that are refused whole. Each message names the file, what was expected and found, and the next step.


def refusal(path: Path, kind: type[UnusableFile], **options: int) -> str:
    with pytest.raises(kind) as raised:
        read(path, **options)
    assert type(raised.value) is kind
    assert path.name in str(raised.value)
    assert "expected" in str(raised.value)
    return str(raised.value)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "nothing.csv", FileUnreadable)


def test_a_folder(tmp_path: Path) -> None:
    assert "is not a file" in refusal(tmp_path, FileUnreadable)


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="Check its name"):
        read(tmp_path / ("x" * 300))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, as_csv([cells(1)]))
    path.chmod(0)
    with pytest.raises(FileUnreadable, match=r"may not be read by this user\. Run: chmod u\+r"):
        read(path)


@pytest.mark.parametrize("content", ["", "\ufeff", "\n", "\r\n\r\n"])
def test_an_empty_file(tmp_path: Path, content: str) -> None:
    assert EXPORT_PAGE in refusal(write(tmp_path, content), NoUsableHeader)


@pytest.mark.parametrize("end", ["\n", "", "\r\n\r\n", "\n,,,\n"])
def test_an_export_without_workouts(tmp_path: Path, end: str) -> None:
    message = refusal(write(tmp_path, ",".join(HEADER) + end), NoRows)
    assert "a header but no workouts below it" in message
    assert EXPORT_PAGE in message


def test_a_file_with_semicolons(tmp_path: Path) -> None:
    text = as_csv([cells(1)]).replace(",", ";")
    assert "separated by semicolons" in refusal(write(tmp_path, text), NoUsableHeader)


def test_another_csv_file(tmp_path: Path) -> None:
    assert "Its first row is: id,name" in refusal(write(tmp_path, "id,name\n1,x\n"), NoUsableHeader)


def test_a_picture_that_is_called_csv(tmp_path: Path) -> None:
    refusal(write(tmp_path, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), WrongEncoding)


@pytest.mark.parametrize("content", ['"', "x" * 300_000, '"' + "Link," * 100_000])
def test_a_first_row_that_makes_no_sense(tmp_path: Path, content: str) -> None:
    refusal(write(tmp_path, content), NoUsableHeader)


def test_distances_in_furlongs(tmp_path: Path) -> None:
    text = as_csv([cells(1)]).replace("Distance (mi)", "Distance (furlongs)")
    assert "found 'Distance (furlongs)'" in refusal(write(tmp_path, text), UnknownUnit)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_another_encoding(tmp_path: Path, encoding: str) -> None:
    text = as_csv([cells(1), cells(2, notes="Sentier côtier")])
    assert EXPORT_PAGE in refusal(write(tmp_path, text.encode(encoding)), WrongEncoding)


def test_a_wrong_byte_far_below_the_header(tmp_path: Path) -> None:
    text = as_csv(cells(number) for number in range(30_000)).encode() + b"\xe9\n"
    assert "line 30002 has the byte 0xE9" in refusal(write(tmp_path, text), WrongEncoding)


def test_a_wrong_byte_in_a_malformed_row(tmp_path: Path) -> None:
    assert "line 2" in refusal(write(tmp_path, ",".join(HEADER).encode() + b"\n1,\xe9\n"), WrongEncoding)


def test_a_file_with_zero_bytes(tmp_path: Path) -> None:
    text = as_csv([cells(1), cells(2)]) + "\0" * 4096
    assert "line 4 has a zero byte" in refusal(write(tmp_path, text), WrongEncoding)


@pytest.mark.parametrize("kept", [-3, -20, -40])
def test_a_file_that_is_cut_off_inside_a_quoted_cell(tmp_path: Path, kept: int) -> None:
    text = as_csv([cells(1), cells(2, link="x" * 60 + "\n")])
    message = refusal(write(tmp_path, text[:kept]), CutOff)
    assert "found the end of the file" in message
    assert EXPORT_PAGE in message


def test_rows_that_hardly_ever_fit_the_header(tmp_path: Path) -> None:
    text = as_csv([cells(1)]) + "x\n" * 100_001
    assert "found more than 100,000 others" in refusal(write(tmp_path, text), NoUsableHeader)


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    text = as_csv(cells(number, workout_date="2024-07-04", date_submitted="") for number in range(50))
    path = write(tmp_path, text.replace("Run", '"Run', 1))
    assert "does not end" in refusal(path, CutOff)
    assert "none in 2,000 bytes" in refusal(path, CutOff, block_bytes=2_000)
