"""A file that comes with a request: onto the disk as it comes, and gone once it is used."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fastapi import HTTPException, Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from fitness_pipeline.api.body_limits import too_large
from fitness_pipeline.api.problems import Unprocessable
from fitness_pipeline.errors import ConfigurationError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FIELD = "file"
# What stands around a file in a request: boundaries, headers, perhaps other fields.
FRAMING_BYTES = 64 * 1024

_LONGEST_NAME = 60  # of up to four bytes each
_LEFTOVER_SECONDS = 24 * 3600


async def receive_file(request: Request, folder: Path, limit: int) -> Path:
    """Return where the file of a multipart request lies: under its own name, in a new folder for it alone.

    Args:
        request: whose body nobody has read.
        folder: where that new folder is made.
        limit: how many bytes it may have.

    Raises:
        Unprocessable: there is no such file in the request.
        HTTPException: the file is too large, or the client went away.
        ConfigurationError: it cannot be stored.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise _unusable(f"Send it as multipart/form-data, as the field {FIELD!r}.")
    place = await run_in_threadpool(_new_folder, folder)
    try:
        return await _written(request, boundary, place, limit)
    except BaseException:
        await run_in_threadpool(discard, place / FIELD)
        raise


def discard(path: Path) -> None:
    """Remove a received file with its folder.

    Args:
        path: of the file.
    """
    shutil.rmtree(path.parent, ignore_errors=True)


def discard_leftovers(folder: Path) -> None:
    """Remove what processes that were killed have left; what is younger than a day may be in use.

    Args:
        folder: where files are received, there or not.
    """
    for place in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):  # somebody else was faster, or it is a link to nowhere
            if place.stat().st_mtime < time.time() - _LEFTOVER_SECONDS:
                shutil.rmtree(place, ignore_errors=True)


def safe_name(given: str) -> str:
    """Return a name for a file that leads nowhere else, as like the given one as may be.

    Args:
        given: by whoever sent it.
    """
    name = "".join(letter for letter in given.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name.strip(" .")[-_LONGEST_NAME:].lstrip(" .") or "upload.csv"


async def _written(request: Request, boundary: bytes, place: Path, limit: int) -> Path:
    part = _FilePart(place, limit)
    with _explained(place), part:
        try:
            parser = MultipartParser(boundary, part.callbacks)
            async for chunk in request.stream():
                await run_in_threadpool(parser.write, chunk)
        except FormParserError:
            raise _unusable("It is no multipart/form-data that can be read.") from None
        except ClientDisconnect:
            raise HTTPException(400, "The connection broke before all of it had come.") from None
    if not part.is_whole:
        raise _unusable("It ends before its last boundary. Send all of it.")
    if part.path is None:
        raise _unusable(f"There is no file in the field {FIELD!r}.", kind="missing")
    return part.path


class _FilePart:
    """Writes the first file of the field, as a parser finds it; passes over everything else.

    Attributes:
        path: of the file, once it has begun.
        is_whole: whether the last boundary has come.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.path: Path | None = None
        self.is_whole = False
        self._folder = folder
        self._limit = limit
        self._size = 0
        self._file: IO[bytes] | None = None
        self._name = self._value = b""
        self._disposition: bytes | None = None
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._take_name,
            "on_header_value": self._take_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._write,
            "on_part_end": self._close,
            "on_end": self._end,
        }

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._close()

    def _begin(self) -> None:
        self._disposition = None

    def _take_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        is_ours = options.get(b"name") == FIELD.encode() and b"filename" in options
        if is_ours and self.path is None:
            self.path = self._folder / safe_name(options[b"filename"].decode("utf-8", "replace"))
            self._file = self.path.open("xb")

    def _write(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._size += end - start
            if self._size > self._limit:
                raise too_large(self._limit)
            self._file.write(data[start:end])

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _end(self) -> None:
        self.is_whole = True


def _new_folder(folder: Path) -> Path:
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        discard_leftovers(folder)
        return Path(tempfile.mkdtemp(dir=folder))


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"The file cannot be stored in {folder.parent}: {error.strerror}. Make room there, or set "
            "FITNESS_DATA_DIR to another folder."
        ) from None


def _unusable(message: str, kind: str = "value_error") -> Unprocessable:
    return Unprocessable(("body", FIELD), message, None, kind)
