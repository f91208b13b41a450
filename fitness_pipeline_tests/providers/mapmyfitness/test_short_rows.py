"""Many short rows come in pieces that end with a row; all else comes as it is."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.providers.mapmyfitness.short_rows import ShortRowSource
from fitness_pipeline.providers.mapmyfitness.source import TextSource

SIZE = 1 << 20
PIECE = 1 << 15


def pieces_of(content: bytes) -> list[bytes]:
    source = ShortRowSource(TextSource(io.BytesIO(content), "a.csv", 3))
    return list(iter(lambda: source.read(SIZE), b""))


def test_usual_rows_come_in_whole_blocks() -> None:
    content = (b"x" * 200 + b"\n") * 20_000
    assert [len(piece) for piece in pieces_of(content)][:3] == [SIZE - 6] * 3
    assert b"".join(pieces_of(content)) == content + b"\0"


@pytest.mark.parametrize("row", [b"\n", b",\n", b",,,,\r\n", b",\r", b"\r\n", b'"",\n'])
def test_short_rows_come_in_small_pieces_that_end_with_a_row(row: bytes) -> None:
    content = row * (3 * SIZE // len(row))
    pieces = pieces_of(content)
    assert b"".join(pieces) == content + b"\0"
    assert max(map(len, pieces)) < PIECE + 100
    ends_of_blocks = 4
    assert sum(not piece.endswith(row) for piece in pieces) <= ends_of_blocks


def test_a_quoted_cell_of_many_lines_stays_in_one_piece() -> None:
    cell = b'"' + b"\n" * 400_000 + b'"'
    content = b"\n" * 50_000 + b"1," + cell + b",3\n" + b"\n" * 50_000
    (holding,) = [piece for piece in pieces_of(content) if b'"' in piece]
    assert cell in holding
    assert holding.endswith(b",3\n")


def test_a_quoted_cell_may_lie_across_blocks() -> None:
    cell = b'"' + b"\n" * 700_000 + b'"'
    content = b"x" * 199 + b"\n"
    content = content * (SIZE // 200 // 2) + b"1," + cell + b",3\n" + b"\n" * 50_000
    pieces = pieces_of(content)
    assert b"".join(pieces) == content + b"\0"
    assert sum(b'"' in piece for piece in pieces) == 2


def test_a_quoted_cell_that_is_never_closed_ends_the_pieces() -> None:
    content = b"\n" * 40_000 + b'"' + b"\n" * 100_000
    assert b"".join(pieces_of(content)) == content + b"\0"


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([b'"a\nb"', b'""', b"x", b'"\r\n"""', b"\n", b"\r\n", b","]), max_size=40))
def test_no_piece_ends_inside_a_quoted_cell(parts: list[bytes]) -> None:
    content = (b"".join(parts) + b"\n" * 50) * 2_000
    pieces = pieces_of(content)
    assert b"".join(pieces) == content + b"\0"
    assert all(piece.count(b'"') % 2 == 0 for piece in pieces if len(content) < SIZE - 6)
