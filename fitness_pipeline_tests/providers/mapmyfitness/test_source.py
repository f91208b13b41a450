"""The bytes of a file come through unchanged, or a person is told which line is not text."""

import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.errors import WrongEncoding
from fitness_pipeline.providers.mapmyfitness.source import END_MARK, TextSource

END = END_MARK.encode()


def read_all(content: bytes, size: int) -> list[bytes]:
    source = TextSource(io.BytesIO(content), "a.csv")
    return list(iter(lambda: source.read(size), b""))


@settings(deadline=None)
@given(st.text().filter(lambda text: "\0" not in text), st.integers(min_value=8, max_value=30))
def test_text_comes_through_unchanged_with_the_end_marked(text: str, size: int) -> None:
    content = text.encode()
    line_end = b"" if not content or content.endswith((b"\n", b"\r")) else b"\n"
    assert b"".join(read_all(content, size)) == content + line_end + END


@pytest.mark.parametrize("size", [12, 13, 100])
@pytest.mark.parametrize(
    ("content", "end"),
    [(b"", b"\0"), (b"a,b\n", b"\0"), (b"a,b\r", b"\0"), (b"a,b\nc", b",,\0\n\0")],
    ids=["nothing", "line feed", "carriage return", "no line end"],
)
def test_a_last_row_without_a_line_end_gets_too_many_cells(size: int, content: bytes, end: bytes) -> None:
    source = TextSource(io.BytesIO(content), "a.csv", 2)
    blocks = list(iter(lambda: source.read(size), b""))
    assert b"".join(blocks) == content + end
    assert all(len(block) <= size for block in blocks)


@settings(deadline=None)
@given(st.text(alphabet="\r\nx"), st.integers(min_value=8, max_value=12))
def test_a_carriage_return_and_its_line_feed_are_never_parted(text: str, size: int) -> None:
    blocks = read_all(text.encode(), size)
    parted = [
        (left, right)
        for left, right in itertools.pairwise(blocks)
        if left.endswith(b"\r") and right.startswith(b"\n")
    ]
    assert parted == []
    assert all(len(block) <= size for block in blocks)


@pytest.mark.parametrize("size", [8, 9, 10, 11, 1000])
def test_a_character_may_lie_across_blocks(size: int) -> None:
    assert b"".join(read_all("abc€😀€😀\n".encode(), size)) == "abc€😀€😀\n".encode() + END


@pytest.mark.parametrize("size", [8, 9, 13, 100_000])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_the_line_that_is_not_utf_8_is_named(size: int, line_end: bytes) -> None:
    content = line_end.join([b"one", "zwölf".encode(), b"Course \xe0 pied", b"four"])
    with pytest.raises(WrongEncoding, match="line 3 has the byte 0xE0"):
        read_all(content, size)


def test_a_wrong_byte_far_down_is_found_where_it_is() -> None:
    lines = ["ü" * 50] * 5_000
    content = "\n".join(lines).encode() + b"\n\xff"
    with pytest.raises(WrongEncoding, match="line 5001 has the byte 0xFF"):
        read_all(content, 1 << 18)


def test_a_character_that_the_end_cuts_off_is_not_utf_8() -> None:
    with pytest.raises(WrongEncoding, match="line 2 has the byte 0xE2"):
        read_all(b"one\ntwo \xe2\x82", 100)


@pytest.mark.parametrize("size", [8, 100])
def test_zero_bytes_are_no_text(size: int) -> None:
    with pytest.raises(WrongEncoding, match="line 2 has a zero byte"):
        read_all(b"one\ntwo or thre\0", size)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_or_without_its_mark(encoding: str) -> None:
    with pytest.raises(WrongEncoding):
        read_all("Workout Date,Link\n".encode(encoding), 100)


def test_utf_16_is_called_by_its_name() -> None:
    with pytest.raises(WrongEncoding, match="UTF-16 text, as spreadsheets save it; expected UTF-8"):
        read_all("Workout Date,Link\n".encode("utf-16"), 100)
