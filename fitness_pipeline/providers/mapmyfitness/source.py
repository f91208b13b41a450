"""The bytes of an export, checked while they are read: UTF-8 text, and a mark where the file ends."""

import codecs
import io
import re
from typing import BinaryIO

from fitness_pipeline.errors import FileUnreadable, WrongEncoding
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_AGAIN

# Stands in a row of its own after the last byte. No file can contain it, since zero bytes are refused.
END_MARK = "\0"

# Of the last rows of a file, by which it is told whether the last one is whole.
_TAIL_BYTES = 4096
_WORKOUT = re.compile(rb"/workout/([0-9]+)")
_WHOLE_ROW = re.compile(rb"/workout/[0-9]+/?\"?[ \t]*\Z")

# Small enough that what is decoded stays in the cache.
_SLICE = 1 << 16


class TextSource(io.RawIOBase):
    """A reader of a file that raises as soon as a byte comes by that no export has.

    It hands over the file's bytes unchanged, followed by `END_MARK` as a row of its own: when a CSV parser
    does not find that row, the file ended inside a quoted cell. A row at the end that no line end ends, and
    that does not end with the link of a workout either, gets `cut_off_mark` first, so that it has too many
    cells.

    Args:
        file: the file, at its beginning; its name appears in messages. It is not closed.
        file_name: the file's name, for messages.
        columns: how many cells a row has, if the last one is the link; 0 leaves the last row as it is.

    Attributes:
        cut_off_mark: what is added to a last row that may be cut off.
    """

    def __init__(self, file: BinaryIO, file_name: str, columns: int = 0) -> None:
        self.cut_off_mark = "," * columns + END_MARK if columns else ""
        self._file = file
        self._file_name = file_name
        self._mark_bytes = len(self.cut_off_mark) + len(f"\n{END_MARK}")
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._position = 0
        self._held_back = b""
        self._tail = b"\n"
        self._has_ended = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none after the end mark.

        Args:
            size: how many at most; no fewer than 8 and twice the columns.

        Raises:
            FileUnreadable: the disk failed, or the file is gone.
            WrongEncoding: the bytes are not UTF-8 text.
        """
        if self._has_ended:
            return b""
        wanted = size - len(self._held_back) - self._mark_bytes if size >= 0 else -1
        read = self._read_file(wanted)
        block, self._held_back = self._held_back + read, b""
        self._has_ended = len(read) < wanted or size < 0
        if block.endswith(b"\r") and not self._has_ended:
            # pyarrow drops a line feed that begins a block when the one before ended with a carriage
            # return, even inside a quoted cell. So the two are never parted.
            block, self._held_back = block[:-1], b"\r"
        self._check(block)
        self._tail = (self._tail + block[-_TAIL_BYTES:])[-_TAIL_BYTES:]
        return block + self._mark() if self._has_ended else block

    def _read_file(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise FileUnreadable(
                f"{self._file_name} could not be read to its end: {error.strerror}. "
                "Check the disk, then import it again."
            ) from error

    def _mark(self) -> bytes:
        """Return the end mark in a row of its own.

        It is part of the last block, because pyarrow wants every block but the last to end a row.
        """
        self._check(b"")
        if self._tail.endswith((b"\r", b"\n")):
            return END_MARK.encode()
        mark = "" if _ends_with_a_workout(self._tail) else self.cut_off_mark
        return f"{mark}\n{END_MARK}".encode()

    def _check(self, block: bytes) -> None:
        if self._position == 0 and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise WrongEncoding(
                f"{self._file_name} is UTF-16 text, as spreadsheets save it; expected UTF-8. {EXPORT_AGAIN}"
            )
        zero = block.find(b"\0")
        if zero >= 0:
            raise self._wrong_encoding(self._position + zero, "a zero byte")
        if not block.isascii() or self._decoder.getstate()[0] or not block:
            self._decode(block)
        self._position += len(block)

    def _decode(self, block: bytes) -> None:
        """Decode a block in slices, or without one make sure that no character is incomplete."""
        starts = range(0, len(block), _SLICE) or [0]
        for start in starts:
            pending = len(self._decoder.getstate()[0])
            try:
                self._decoder.decode(block[start : start + _SLICE], final=not block)
            except UnicodeDecodeError as error:
                position = self._position + start - pending + error.start
                byte = error.object[error.start]
                raise self._wrong_encoding(
                    position, f"the byte 0x{byte:02X} where no character has it"
                ) from None

    def _wrong_encoding(self, position: int, found: str) -> WrongEncoding:
        """Return the error for the byte at `position`, with its line as a text editor counts it."""
        self._file.seek(0)
        line, rest, before = 1, position, b""
        while rest > 0 and (block := self._file.read(min(rest, _SLICE))):
            rest -= len(block)
            line += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            line -= before.endswith(b"\r") and block.startswith(b"\n")
            before = block
        return WrongEncoding(
            f"{self._file_name} is damaged or not UTF-8: expected UTF-8 text, but line {line} has {found}. "
            f"{EXPORT_AGAIN}"
        )


def _ends_with_a_workout(tail: bytes) -> bool:
    """Return whether a file ends with the link of a workout that seems to be whole.

    Ids grow with time and become longer; one that is shorter than the one before it has lost digits, but for
    the rare row at which they had become longer.
    """
    ids = _WORKOUT.findall(tail)
    return bool(_WHOLE_ROW.search(tail)) and (len(ids) < 2 or len(ids[-1]) >= len(ids[-2]))
