"""Any text that a CSV writer writes comes back exactly, and every row keeps its number."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.providers.mapmyfitness.parser import (
    MOST_MALFORMED,
    MalformedRow,
    Parser,
    RowTooLong,
)
from fitness_pipeline.providers.mapmyfitness.source import TextSource

# Everything that means something in a CSV file, and a character of each length in UTF-8.
CELLS = st.text(alphabet='ab,"\r\n ;é€😀', max_size=6)
ROWS = st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def parse(
    content: bytes, block_bytes: int = 1 << 20
) -> tuple[list[tuple[Any, ...]], list[MalformedRow], bool]:
    """Rows with their number as the last item, malformed rows, and whether the end was found."""
    parser = Parser(TextSource(io.BytesIO(content), "a.csv", 3), 3, block_bytes)
    rows = [row for frame in parser.frames() for row in frame.iter_rows()]
    return rows, parser.malformed, parser.has_end


def written(rows: list[list[str]], line_end: str) -> bytes:
    """Rows as CSV, with quotes around every cell: Python 3.11 leaves a lone carriage return without them."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


@settings(deadline=None)
@given(ROWS, LINE_ENDS)
def test_every_cell_comes_back_exactly(rows: list[list[str]], line_end: str) -> None:
    parsed, malformed, has_end = parse(written(rows, line_end))
    assert parsed == [(*row, number) for number, row in enumerate(rows, start=1)]
    assert malformed == []
    assert has_end


@settings(deadline=None)
@given(ROWS)
def test_every_cell_comes_back_when_only_some_are_quoted(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    parsed, _, _ = parse(text.getvalue().encode())
    assert parsed == [(*row, number) for number, row in enumerate(rows, start=1)]


@settings(deadline=None)
@given(ROWS, LINE_ENDS, st.integers(min_value=100, max_value=300))
def test_it_does_not_matter_where_blocks_end(rows: list[list[str]], line_end: str, block_bytes: int) -> None:
    assert parse(written(rows, line_end), block_bytes) == parse(written(rows, line_end))


@settings(deadline=None)
@given(st.lists(st.lists(CELLS.filter(str.strip), min_size=1, max_size=5), max_size=12), LINE_ENDS)
def test_a_malformed_row_is_set_aside_and_its_neighbours_keep_their_numbers(
    rows: list[list[str]], line_end: str
) -> None:
    parsed, malformed, _ = parse(written(rows, line_end), block_bytes=400)
    numbered = list(enumerate(rows, start=1))
    assert parsed == [(*row, number) for number, row in numbered if len(row) == 3]
    assert [(row.row_number, row.text) for row in malformed] == [
        (number, written([row], "").decode()) for number, row in numbered if len(row) != 3
    ]


def test_a_malformed_row_says_how_many_cells_it_has() -> None:
    _, malformed, _ = parse(b"a,b,c\n1,2\nlonely\n1,2,3,4\n")
    assert [row.reason for row in malformed] == [
        "The row has 2 cells, but the header has 3",
        "The row has 1 cell, but the header has 3",
        "The row has 4 cells, but the header has 3",
    ]


def test_a_malformed_row_may_have_line_breaks() -> None:
    rows, malformed, _ = parse(b'a,b,c\n1,"two\nlines"\n4,5,6\n')
    assert malformed == [MalformedRow(2, '1,"two\nlines"', "The row has 2 cells, but the header has 3")]
    assert rows[-1] == ("4", "5", "6", 3)


def test_a_line_with_nothing_but_spaces_and_commas_is_not_malformed() -> None:
    rows, malformed, _ = parse(b"a,b,c\n  \n,\n,,,,,\n4,5,6\n")
    assert malformed == []
    assert rows[-1] == ("4", "5", "6", 5)


@pytest.mark.parametrize(
    "last",
    ["7", "7,", "7,8", "7,8,", "7,8,9", "7,8,9,", "7,8,9,10", '7,"8",9', '7,8,"9"', '7,8,"9\n10"', ",,9"],
)
def test_a_last_row_without_a_line_end_is_set_aside_alone(last: str) -> None:
    rows, (cut_off,), has_end = parse(b"a,b,c\n4,5,6\n" + last.encode())
    assert rows == [("a", "b", "c", 1), ("4", "5", "6", 2)]
    assert (cut_off.row_number, cut_off.text, cut_off.is_cut_off) == (3, last, True)
    assert "may be cut off. Export it again" in cut_off.reason
    assert "end the file with an empty line" in cut_off.reason
    assert has_end


@pytest.mark.parametrize("last", [b"", b" ", b",", b",,", b"\n\n,", b"\r\n"])
def test_nothing_is_missing_of_an_empty_last_row(last: bytes) -> None:
    rows, malformed, has_end = parse(b"a,b,c\n4,5,6\n" + last)
    assert rows[1] == ("4", "5", "6", 2)
    assert (malformed, has_end) == ([], True)


def test_a_header_without_a_line_end_is_no_row_to_tell_of() -> None:
    assert parse(b"a,b,c") == ([], [], True)


def test_a_source_that_does_not_know_the_columns_leaves_the_last_row_as_it_is() -> None:
    parser = Parser(TextSource(io.BytesIO(b"a,b,c\n4,5,6"), "a.csv"), 3, 1 << 20)
    assert [frame.height for frame in parser.frames()] == [2]
    assert parser.malformed == []


def test_only_so_many_malformed_rows_are_kept() -> None:
    for rows, is_too_many in ((MOST_MALFORMED, False), (MOST_MALFORMED + 1, True)):
        parser = Parser(TextSource(io.BytesIO(b"a,b,c\n" + b"x\n" * rows), "a.csv", 3), 3, 1 << 20)
        assert [frame.height for frame in parser.frames()] == [1]
        assert len(parser.malformed) == MOST_MALFORMED
        assert parser.has_too_many_malformed is is_too_many


def test_many_empty_rows_come_in_several_frames() -> None:
    parser = Parser(TextSource(io.BytesIO(b"a,b,c\n" + b"\n" * 300_000 + b"4,5,6\n"), "a.csv", 3), 3, 1 << 20)
    frames = list(parser.frames())
    assert max(frame.height for frame in frames) < 70_000
    assert frames[-1].row(-1) == ("4", "5", "6", 300_002)


@pytest.mark.parametrize("block_bytes", range(16, 50))
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("is_ended", [True, False])
def test_the_end_is_found_wherever_the_last_blocks_lie(
    block_bytes: int, line_end: bytes, is_ended: bool
) -> None:
    content = line_end.join([b"a,b,c", b"1,2,3", b"4,5,6", b'7,8,"9"']) + (line_end if is_ended else b"")
    rows, malformed, has_end = parse(content, block_bytes)
    assert [row[0] for row in rows] == ["a", "1", "4", "7"][: 4 if is_ended else 3]
    assert [(row.text, row.is_cut_off) for row in malformed] == [] if is_ended else [('7,8,"9"', True)]
    assert has_end


@pytest.mark.parametrize("block_bytes", range(16, 50))
def test_an_open_quoted_cell_is_noticed_wherever_blocks_end(block_bytes: int) -> None:
    try:
        has_end = parse(b'a,b,c\n1,2,3\n4,"5,6\n7,8,9\n', block_bytes)[2]
    except RowTooLong:
        has_end = False
    assert not has_end


@pytest.mark.parametrize(
    "content", [b'a,b,c\n1,2,"3', b'a,b,c\n1,2,"3\n4,5,6\n', b'a,b,c\n1,2,"', b'"', b'a,b,c\n1,"2\r\n']
)
def test_a_file_that_ends_inside_a_quoted_cell_has_no_end(content: bytes) -> None:
    assert not parse(content)[2]


@pytest.mark.parametrize(
    "content", [b'a,b,c\n1,2,"3"', b'a,b,c\n1,2,""', b'a,b,c\n1,2,3"', b'a,b,"c"\n', b""]
)
def test_a_quotation_mark_at_the_end_does_not_open_a_cell(content: bytes) -> None:
    assert parse(content)[2]


def test_a_row_must_fit_into_a_block() -> None:
    long = b'a,b,c\n1,2,3\n1,2,"' + b"x" * 500 + b'"\n4,5,6\n'
    assert parse(long, block_bytes=600)[0][2] == ("1", "2", "x" * 500, 3)
    with pytest.raises(RowTooLong, match="after row"):
        parse(long, block_bytes=50)


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_a_large_file() -> None:
    with pytest.raises(RowTooLong):
        parse(b'a,b,c\n1,2,"3\n' + b"4,5,6\n" * 1_000, block_bytes=500)


def test_many_rows_come_in_several_frames() -> None:
    parser = Parser(TextSource(io.BytesIO(b"1,2,3\n" * 120_000), "a.csv"), 3, 1 << 16)
    heights = [frame.height for frame in parser.frames()]
    assert sum(heights) == 120_000
    assert max(heights) < 50_000


def test_few_rows_with_much_text_come_in_several_frames() -> None:
    row = b"1,2," + b"x" * 900_000 + b"\n"
    parser = Parser(TextSource(io.BytesIO(row * 100), "a.csv"), 3, 1 << 20)
    heights = [frame.height for frame in parser.frames()]
    assert sum(heights) == 100
    assert max(heights) < 60
