"""Blocks of text that are made of many short rows, in pieces: a row costs memory even when it is empty."""

import io
from collections.abc import Iterator

import numpy as np

from fitness_pipeline.providers.mapmyfitness.source import TextSource

# A mebibyte of an export has some 5,000 rows; one of empty lines has a million, each with all its columns.
_MOST_ROWS = 1 << 15
_PIECE_BYTES = 1 << 15


class ShortRowSource(io.RawIOBase):
    """A reader that hands over the blocks of another one: whole as a rule, in pieces where rows are short.

    A piece ends with a row, so that a parser for which a row must fit into a block reads the same rows.

    Args:
        source: at the beginning. It is not closed.
    """

    def __init__(self, source: TextSource) -> None:
        self._source = source
        self._pieces: Iterator[bytes] = iter(())
        self._is_quoted = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none after the end.

        Args:
            size: how many at most, as for the other reader; always the same.

        Raises:
            UnusableFile: whatever the other reader raises.
        """
        if piece := next(self._pieces, b""):
            return piece
        block = self._source.read(size)
        line_end = next((byte for byte in (b"\n", b"\r") if _count(block, byte) > _MOST_ROWS), None)
        if line_end:
            self._pieces = _pieces(block, line_end, is_quoted=self._is_quoted)
        # A quotation mark inside a cell is doubled, so that an odd number of them leaves a cell open.
        self._is_quoted ^= _count(block, b'"') % 2 == 1
        return next(self._pieces, b"") if line_end else block


def _pieces(block: bytes, line_end: bytes, *, is_quoted: bool) -> Iterator[bytes]:
    """Yield a block in pieces, each but the last up to the end of a row.

    Args:
        block: not empty.
        line_end: a byte that ends rows.
        is_quoted: whether the block begins inside a quoted cell.
    """
    start = 0
    while len(block) - start > _PIECE_BYTES:
        end = block.find(line_end, start + _PIECE_BYTES) + 1
        is_quoted ^= block.count(b'"', start, end) % 2 == 1
        while end and is_quoted:
            closing = block.find(b'"', end)
            behind = block.find(line_end, closing) + 1 if closing >= 0 else 0
            is_quoted ^= block.count(b'"', end, behind) % 2 == 1
            end = behind
        if not end:
            break
        if line_end == b"\r" and block[end : end + 1] == b"\n":
            end += 1  # they belong together
        yield block[start:end]
        start = end
    yield block[start:]


def _count(block: bytes, byte: bytes) -> int:
    """Return how often a byte occurs, several times faster than `bytes.count` does."""
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == byte[0]))
