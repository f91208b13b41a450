"""A MapMyFitness export, read in batches whose size does not depend on the size of the file."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.csv

from fitness_pipeline.errors import CutOff, FileUnreadable, NoRows, NoUsableHeader
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_AGAIN
from fitness_pipeline.providers.mapmyfitness.columns import CELL_COLUMNS
from fitness_pipeline.providers.mapmyfitness.header import Header, Unit, understand_header
from fitness_pipeline.providers.mapmyfitness.numbering import RowNumbers
from fitness_pipeline.providers.mapmyfitness.source import END_MARK, TextSource

BLOCK_BYTES = 12 << 20  # some 50,000 rows
BATCH_ROWS = 60_000
_HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class MalformedRow:
    """A row that does not have as many cells as the header.

    Attributes:
        row_number: as a spreadsheet shows it; the header is row 1.
        text: the row as it is in the file, without its line end.
        reason: a sentence for a person.
    """

    row_number: int
    text: str
    reason: str


class Export:
    """An open export.

    Attributes:
        unit: what distances are measured in.
        header: the cells of the first row.
        malformed: the rows that could not be told apart into cells, in file order; complete when
            `batches` is exhausted.
    """

    def __init__(self, file: BinaryIO, file_name: str, header: Header, block_bytes: int = BLOCK_BYTES) -> None:
        self.unit: Unit = header.unit
        self.header: tuple[str, ...] = header.cells
        self.malformed: list[MalformedRow] = []
        self._file = file
        self._file_name = file_name
        self._known = header.known
        self._extra = header.extra
        self._block_bytes = block_bytes
        self._has_end = False
        self._numbers = RowNumbers()

    def batches(self) -> Iterator[pl.DataFrame]:
        """Yield the rows of the file, in its order, from the beginning.

        Rows without any text are left out, as a spreadsheet shows nothing there either; they count in the
        numbering.

        Yields:
            Some 50,000 rows at a time: `row_number` (Int64; the header is row 1, and a row with line breaks
            in a quoted cell is one row), then `CELL_COLUMNS` (String: the cell's exact text, '' for an empty
            or missing one, never null), then `extra` (String: a JSON object of the header and text of
            each cell in a column that is not known, '' when the file has no such column or the cells in
            them are all empty).

        Raises:
            CutOff: the file ends inside a quoted cell.
            WrongEncoding: the file is not UTF-8 text.
            FileUnreadable: the file could not be read to its end.
            NoRows: there is nothing below the header.
        """
        self.malformed = []
        self._has_end = False
        self._numbers = RowNumbers()
        self._file.seek(0)
        has_rows = False
        for block in self._blocks():
            frame = self._numbered(block)
            has_rows = has_rows or not frame.is_empty()
            # A block of very short rows has very many of them.
            yield from frame.iter_slices(BATCH_ROWS)
        if not self._has_end:
            raise CutOff(
                f"{self._file_name} ends inside a quoted cell: expected a closing quotation mark, found the "
                f"end of the file. It was probably cut off while it was downloaded or copied. {EXPORT_AGAIN}"
            )
        if not has_rows and not self.malformed:
            raise NoRows(
                f"{self._file_name} has a header but no workouts below it: expected at least one row. "
                f"Check that you were signed in to the right account, then: {EXPORT_AGAIN}"
            )

    def _blocks(self) -> Iterator[Any]:
        """Yield the file's well-formed rows, the header included, as Arrow record batches."""
        names = [str(position) for position in range(len(self.header))]
        try:
            with pa.csv.open_csv(
                TextSource(self._file, self._file_name),
                # With threads, the reader does not know the numbers of malformed rows.
                read_options=pa.csv.ReadOptions(
                    use_threads=False, block_size=self._block_bytes, column_names=names
                ),
                parse_options=pa.csv.ParseOptions(
                    newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=self._keep_malformed
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types={name: pa.large_string() for name in names},
                    strings_can_be_null=False,
                    check_utf8=False,  # TextSource did
                ),
            ) as reader:
                yield from reader
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error):
                raise FileUnreadable(f"{self._file_name} cannot be read as CSV: {error}. {EXPORT_AGAIN}") from error
            raise CutOff(
                f"{self._file_name} has a quoted cell that does not end: after row {self._numbers.last}, expected "
                f"a closing quotation mark within {self._block_bytes / (1 << 20):.0f} MiB, found none. "
                f"{EXPORT_AGAIN}"
            ) from None

    def _keep_malformed(self, row: Any) -> str:
        """Take a row that has too few or too many cells; called by pyarrow."""
        if row.text == END_MARK:
            self._has_end = True
            return "skip"
        self._numbers.skip(row.number)
        if row.text.strip(" \t,"):
            cells = "1 cell" if row.actual_columns == 1 else f"{row.actual_columns} cells"
            reason = f"The row has {cells}, but the header has {row.expected_columns}"
            self.malformed.append(MalformedRow(row.number, row.text, reason))
        return "skip"

    def _numbered(self, block: Any) -> pl.DataFrame:
        """Return a block's rows in this project's columns, without the header and without empty rows."""
        frame = pl.from_arrow(block)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a record batch is never a Series
        known = [
            pl.col(str(self._known[name])).alias(name) if name in self._known else pl.lit("").alias(name)
            for name in CELL_COLUMNS
        ]
        has_text = pl.any_horizontal(pl.col(name) != "" for name in frame.columns)
        return (
            frame.select(self._numbers.take(frame.height).alias("row_number"), *known, self._extra_cells(), has_text.alias("has_text"))
            .filter(pl.col("has_text") & (pl.col("row_number") > 1))
            .drop("has_text")
        )

    def _extra_cells(self) -> pl.Expr:
        """Return the cells of unknown columns as JSON."""
        if not self._extra:
            return pl.lit("").alias("extra")
        cells = {name: pl.col(str(position)) for name, position in self._extra.items()}
        has_text = pl.any_horizontal(cell != "" for cell in cells.values())
        as_json = pl.struct(**cells).struct.json_encode()
        return pl.when(has_text).then(as_json).otherwise(pl.lit("")).alias("extra")


@contextmanager
def open_export(path: Path, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Export]:
    """Open an export and understand its header.

    Args:
        path: the CSV file.
        block_bytes: how much of it is read at a time; the longest row that can be read.

    Yields:
        The export, whose rows are not read yet.

    Raises:
        FileUnreadable: there is no such file, or it may not be read.
        WrongEncoding: its beginning is not UTF-8 text.
        NoUsableHeader: it is empty, or its first row does not name the columns of an export.
        UnknownUnit: its distances are neither in miles nor in kilometres.
    """
    if path.exists() and not path.is_file():
        raise FileUnreadable(f"{path} is not a file: expected a CSV export. Name the file inside it instead.")
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise FileUnreadable(f"{path} does not exist: expected a CSV export. Check the name.") from None
    except PermissionError:
        raise FileUnreadable(f"{path} may not be read by this user. Run: chmod u+r {path}") from None
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be opened: {error.strerror}. Check the name and the disk.") from None
    with file:
        yield Export(file, path.name, understand_header(_first_row(file, path.name), path.name), block_bytes)


def _first_row(file: BinaryIO, file_name: str) -> list[str]:
    head = TextSource(file, file_name).read(_HEAD_BYTES)
    if head.strip() in (b"", END_MARK.encode()):
        raise NoUsableHeader(f"{file_name} is empty: expected a MapMyFitness export. {EXPORT_AGAIN}")
    # The last character of the head may be incomplete, and after a lone quotation mark the whole of it is
    # one cell; neither is a header, so neither needs care here.
    text = io.StringIO(head.decode("utf-8-sig", errors="ignore"), newline="")
    try:
        return next(csv.reader(text))
    except csv.Error as error:
        raise NoUsableHeader(f"{file_name} has no readable first row: {error}. {EXPORT_AGAIN}") from None
