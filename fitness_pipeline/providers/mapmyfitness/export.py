"""A MapMyFitness export, read in batches whose size does not depend on the size of the file."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa

from fitness_pipeline.errors import CutOff, FileUnreadable, NoRows, NoUsableHeader
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_AGAIN
from fitness_pipeline.providers.mapmyfitness.columns import CELL_COLUMNS
from fitness_pipeline.providers.mapmyfitness.cut_off_row import ToldCells, told_cells
from fitness_pipeline.providers.mapmyfitness.header import Header, Unit, understand_header
from fitness_pipeline.providers.mapmyfitness.parser import (
    MOST_MALFORMED,
    MalformedRow,
    Parser,
    RowTooLong,
)
from fitness_pipeline.providers.mapmyfitness.read_ahead import read_ahead
from fitness_pipeline.providers.mapmyfitness.source import END_MARK, TextSource

__all__ = ["BLOCK_BYTES", "Export", "MalformedRow", "open_export"]

# Small blocks keep memory low. A row must fit into one: it has some 200 bytes, notes of a novel's length fit.
BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16


class Export:
    """An open export.

    Attributes:
        unit: what distances are measured in.
        header: the cells of the first row.
        malformed: the rows that do not have as many cells as the header, in file order, and a last row
            that may be cut off; complete when `batches` is exhausted.
    """

    def __init__(self, file: BinaryIO, file_name: str, header: Header, block_bytes: int) -> None:
        self.unit: Unit = header.unit
        self.header: tuple[str, ...] = header.cells
        self.malformed: list[MalformedRow] = []
        self._file = file
        self._file_name = file_name
        self._columns = _columns(header)
        self._known = header.known
        self._block_bytes = block_bytes

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield the rows of the file, in its order, from the beginning.

        Rows without any text are left out, as a spreadsheet shows nothing there either; they count in the
        numbering.

        Yields:
            Some 35,000 rows at a time: `row_number` (Int64; the header is row 1, and a row with line breaks
            in a quoted cell is one row), then `CELL_COLUMNS` (String: the cell's exact text, '' for an empty
            or missing one, never null), then `extra` (String: a JSON object of the header and text of
            each cell in a column that is not known, '' when the file has no such column or the cells in
            them are all empty).

        Raises:
            CutOff: the file ends inside a quoted cell.
            WrongEncoding: the file is not UTF-8 text.
            FileUnreadable: the file could not be read to its end.
            NoUsableHeader: far too many rows do not have as many cells as the header.
            NoRows: there is nothing below the header.
        """
        self._file.seek(0)
        columns = len(self.header)
        has_link_last = self._known.get("link") == columns - 1
        source = TextSource(self._file, self._file_name, columns if has_link_last else 0)
        parser = Parser(source, columns, self._block_bytes)
        self.malformed = parser.malformed
        has_rows = False
        try:
            for frame in read_ahead(parser.frames()):
                self._require_few_malformed(parser)
                batch = _below_header_with_text(frame).select("row_number", *self._columns)
                if not batch.is_empty():
                    has_rows = True
                    yield batch
        except RowTooLong as error:
            raise self._cut_off(
                f"none in {self._block_bytes:,} bytes, somewhere after row {error.after_row}"
            ) from None
        except pa.ArrowInvalid as error:
            raise FileUnreadable(f"{self._file_name} is not CSV text: {error}. {EXPORT_AGAIN}") from error
        self._require_few_malformed(parser)
        if not parser.has_end:
            raise self._cut_off("the end of the file")
        if not has_rows and not self.malformed:
            raise NoRows(
                f"{self._file_name} has a header but no workouts below it: expected at least one row. Check "
                f"that you are signed in to the account with your workouts. {EXPORT_AGAIN}"
            )

    def cells_of(self, cut_off: MalformedRow) -> ToldCells | None:
        """Return what a row says that may be cut off, None when it cannot be told.

        Args:
            cut_off: one of the malformed rows.
        """
        return told_cells(cut_off.text, self._known)

    def _require_few_malformed(self, parser: Parser) -> None:
        if parser.has_too_many_malformed:
            raise NoUsableHeader(
                f"{self._file_name} is not a MapMyFitness export: expected rows of {len(self.header)} cells, "
                f"as its first row has, found more than {MOST_MALFORMED:,} others. {EXPORT_AGAIN}"
            )

    def _cut_off(self, found: str) -> CutOff:
        return CutOff(
            f"{self._file_name} has a quoted cell that does not end: expected a closing quotation mark, "
            f"found {found}. It was probably cut off when it was downloaded or copied. {EXPORT_AGAIN}"
        )


@contextmanager
def open_export(path: Path, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Export]:
    """Open an export and understand its header.

    Args:
        path: the CSV file.
        block_bytes: how much of it is parsed at a time, and the length of the longest row that can be.

    Yields:
        The export, whose rows are not read yet.

    Raises:
        FileUnreadable: there is no such file, or it may not be read.
        WrongEncoding: its beginning is not UTF-8 text.
        NoUsableHeader: it is empty, or its first row does not name the columns of an export.
        UnknownUnit: its distances are neither in miles nor in kilometres.
    """
    with _open_file(path) as file:
        yield Export(file, path.name, understand_header(_first_row(file, path.name), path.name), block_bytes)


def _open_file(path: Path) -> BinaryIO:
    try:
        if path.exists() and not path.is_file():
            raise FileUnreadable(f"{path} is not a file: expected a CSV export. Name the file itself.")
        return path.open("rb")
    except FileNotFoundError:
        raise FileUnreadable(f"{path} does not exist: expected a CSV export. Check its name.") from None
    except PermissionError:
        raise FileUnreadable(f"{path} may not be read by this user. Run: chmod u+r '{path}'") from None
    except (OSError, ValueError) as error:
        raise FileUnreadable(f"{path} cannot be opened: {error}. Check its name and the disk.") from None


def _first_row(file: BinaryIO, file_name: str) -> list[str]:
    head = TextSource(file, file_name).read(_HEAD_BYTES).removesuffix(END_MARK.encode())
    if not head:
        raise NoUsableHeader(f"{file_name} is empty: expected a MapMyFitness export. {EXPORT_AGAIN}")
    # A character may be cut in two where the head ends; no header is that long.
    text = io.StringIO(head.decode("utf-8-sig", errors="ignore"), newline="")
    try:
        return next(csv.reader(text), [])
    except csv.Error as error:
        raise NoUsableHeader(f"{file_name} has no readable first row: {error}. {EXPORT_AGAIN}") from None


def _below_header_with_text(frame: pl.DataFrame) -> pl.DataFrame:
    has_text = pl.any_horizontal(pl.exclude("row_number") != "")
    is_kept = frame.select((pl.col("row_number") > 1) & has_text).to_series()
    # Filtering copies, and nearly always there is nothing to leave out.
    return frame if is_kept.all() else frame.filter(is_kept)


def _columns(header: Header) -> list[pl.Expr]:
    """Return the columns of a batch, from those of the parser, which are called after their position."""
    known = [
        pl.col(str(header.known[name])).alias(name) if name in header.known else pl.lit("").alias(name)
        for name in CELL_COLUMNS
    ]
    cells = {name: pl.col(str(position)) for name, position in header.extra.items()}
    if not cells:
        return [*known, pl.lit("").alias("extra")]
    has_text = pl.any_horizontal(cell != "" for cell in cells.values())
    as_json = pl.struct([cell.alias(name) for name, cell in cells.items()]).struct.json_encode()
    return [*known, pl.when(has_text).then(as_json).otherwise(pl.lit("")).alias("extra")]
