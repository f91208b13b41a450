"""The bytes of an export, checked while they are read: UTF-8 text, and a mark where the file ends."""

import codecs
import io
from typing import BinaryIO

from fitness_pipeline.errors import FileUnreadable, WrongEncoding
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_AGAIN

# Stands in a row of its own after the last byte. No file can contain it, since zero bytes are refused.
END_MARK = "\0"

_SLICE = 1 << 20


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
        """Return up to `size` bytes, nothing only after the end mark.

        Raises:
            FileUnreadable: the disk failed, or the file is gone.
            WrongEncoding: the bytes are not UTF-8 text.
        """
        block = self._held_back + self._read_file(max(size - len(self._held_back), 0) if size >= 0 else -1)
        self._held_back = b""
        if not block:
            return self._end()
        if len(block) > 1 and block.endswith(b"\r"):
            # pyarrow drops a line feed that begins a block when the one before ended with a carriage
            # return, even inside a quoted cell. So the two are never parted.
            block, self._held_back = block[:-1], b"\r"
        self._check(block)
        self._last = block[-1:]
        return block

    def _read_file(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise FileUnreadable(
                f"{self._file_name} could not be read to its end: {error.strerror}. "
                "Check the disk, then import it again."
            ) from error

    def _end(self) -> bytes:
        if self._has_ended:
            return b""
        self._has_ended = True
        self._check(b"")
        return (b"" if self._last in b"\r\n" else b"\n") + END_MARK.encode()

    def _check(self, block: bytes) -> None:
        if self._position == 0 and block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise WrongEncoding(
                f"{self._file_name} is UTF-16 text; expected UTF-8. Save it as UTF-8, or better: {EXPORT_AGAIN}"
            )
        zero = block.find(b"\0")
        if zero >= 0:
            raise self._wrong_encoding(self._position + zero, "a zero byte, which no text has")
        if not block.isascii() or self._decoder.getstate()[0] or not block:
            self._decode(block)
        self._position += len(block)

    def _decode(self, block: bytes) -> None:
        """Decode in slices, so that checking needs little memory."""
        starts = range(0, len(block), _SLICE) or [0]
        for start in starts:
            pending = len(self._decoder.getstate()[0])
            try:
                self._decoder.decode(block[start : start + _SLICE], final=not block)
            except UnicodeDecodeError as error:
                position = self._position + start - pending + error.start
                byte = error.object[error.start]
                raise self._wrong_encoding(position, f"the byte 0x{byte:02X}, which is not UTF-8") from None

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
            f"{self._file_name} is not UTF-8 text: line {line} has {found}. {EXPORT_AGAIN}"
        )
