"""The bytes of an export, checked while they are read: UTF-8 text, and a mark where the file ends."""

import codecs
import io
from typing import BinaryIO

from fitness_pipeline.errors import FileUnreadable, WrongEncoding
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_AGAIN

# Stands in a row of its own after the last byte. No file can contain it, since zero bytes are refused.
END_MARK = "\0"
_MARK_BYTES = 2  # with a line end before it

# Small enough that what is decoded stays in the cache.
_SLICE = 1 << 16


class TextSource(io.RawIOBase):
    """A reader of a file that raises as soon as a byte comes by that no export has.

    It hands over the file's bytes unchanged, followed by `END_MARK` as a row of its own: when a CSV parser
    does not find that row, the file ended inside a quoted cell.

    Args:
        file: the file, at its beginning; its name appears in messages. It is not closed.
        file_name: the file's name, for messages.
    """

    def __init__(self, file: BinaryIO, file_name: str) -> None:
        self._file = file
        self._file_name = file_name
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._position = 0
        self._held_back = b""
        self._last = b"\n"
        self._has_ended = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, none after the end mark.

        Args:
            size: how many at most; no fewer than 8.

        Raises:
            FileUnreadable: the disk failed, or the file is gone.
            WrongEncoding: the bytes are not UTF-8 text.
        """
        if self._has_ended:
            return b""
        wanted = size - len(self._held_back) - _MARK_BYTES if size >= 0 else -1
        read = self._read_file(wanted)
        block, self._held_back = self._held_back + read, b""
        self._has_ended = len(read) < wanted or size < 0
        if block.endswith(b"\r") and not self._has_ended:
            # pyarrow drops a line feed that begins a block when the one before ended with a carriage
            # return, even inside a quoted cell. So the two are never parted.
            block, self._held_back = block[:-1], b"\r"
        self._check(block)
        self._last = block[-1:] or self._last
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
        return (b"" if self._last in b"\r\n" else b"\n") + END_MARK.encode()

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
