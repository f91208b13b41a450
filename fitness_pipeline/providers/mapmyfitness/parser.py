"""CSV rows as a stream of frames, with the malformed rows set aside and every row numbered."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.csv

from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_PAGE
from fitness_pipeline.providers.mapmyfitness.numbering import RowNumbers
from fitness_pipeline.providers.mapmyfitness.short_rows import ShortRowSource
from fitness_pipeline.providers.mapmyfitness.source import END_MARK, TextSource

# A frame is complete with either of them: many short rows, or few long ones. Larger frames are hardly faster,
# but memory grows with them.
_FRAME_ROWS = 35_000
_FRAME_BYTES = 32 << 20

# Each is kept with its text: far more than any export has would fill the memory.
MOST_MALFORMED = 100_000

_CUT_OFF = (
    "The file ends in this row without a line end, so the row may be cut off. Export it again from "
    f"{EXPORT_PAGE}; if the row is whole, end the file with an empty line and import it again"
)


@dataclass(frozen=True, slots=True)
class MalformedRow:
    """A row that does not have as many cells as the header, or that may lack its end.

    Attributes:
        row_number: as a spreadsheet shows it; the header is row 1.
        text: the row as it is in the file, without its line end.
        reason: a sentence for a person.
        is_cut_off: whether the file ends in it, without a line end.
    """

    row_number: int
    text: str
    reason: str
    is_cut_off: bool = False


class RowTooLong(Exception):
    """No row ends within a block; a quotation mark that opens a cell is probably not closed.

    Attributes:
        after_row: the number of the last row that was parsed.
    """

    def __init__(self, after_row: int) -> None:
        super().__init__(f"a row after row {after_row} does not end")
        self.after_row = after_row


class Parser:
    """Parses one source, once.

    Args:
        source: at the beginning; it knows how many cells a row has.
        columns: how many cells a row has.
        block_bytes: how much is parsed at a time; a row must fit into it.

    Attributes:
        malformed: the rows with more or fewer cells, in order, and a last row without a line end (but not
            a first one: whoever knows `columns` has read it); complete when `frames` is exhausted.
        has_too_many_malformed: whether there are more than `MOST_MALFORMED`, the rest of which is not kept.
        has_end: whether the end mark was found, which means that the last quoted cell is closed.
    """

    def __init__(self, source: TextSource, columns: int, block_bytes: int) -> None:
        self.malformed: list[MalformedRow] = []
        self.has_too_many_malformed = False
        self.has_end = False
        self._source = source
        self._names = [str(position) for position in range(columns)]
        self._block_bytes = block_bytes
        self._numbers = RowNumbers()

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the rows that have all their cells, the header and empty rows included.

        Yields:
            Some 35,000 rows at a time: the columns `0`, `1`, ... (String, the exact text of the cells, never
            null), and `row_number` (Int64, from 1).

        Raises:
            RowTooLong: a row is longer than a block.
            pyarrow.ArrowInvalid: the text is no CSV at all.
            UnusableFile: whatever the source raises.
        """
        gathered: list[Any] = []
        rows = size = 0
        for block in self._blocks():
            if block.num_rows:
                gathered.append(block)
            rows, size = rows + block.num_rows, size + block.nbytes
            if rows >= _FRAME_ROWS or size >= _FRAME_BYTES:
                yield self._numbered(gathered)
                gathered, rows, size = [], 0, 0
        if gathered:
            yield self._numbered(gathered)

    def _blocks(self) -> Iterator[Any]:
        """Yield Arrow record batches, one for each block of bytes."""
        try:
            with pa.csv.open_csv(
                ShortRowSource(self._source),
                # With threads, the reader does not know the numbers of malformed rows.
                read_options=pa.csv.ReadOptions(
                    use_threads=False, block_size=self._block_bytes, column_names=self._names
                ),
                parse_options=pa.csv.ParseOptions(
                    newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=self._set_aside
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(self._names, pa.large_string()),
                    strings_can_be_null=False,
                    check_utf8=False,  # the source did
                ),
            ) as reader:
                yield from reader
        except pa.ArrowInvalid as error:
            if "straddling object" in str(error):
                raise RowTooLong(self._numbers.last) from None
            raise

    def _set_aside(self, row: Any) -> str:
        """Take a row that has too few or too many cells; called before its block is handed over."""
        if row.text == END_MARK:
            self.has_end = True
            return "skip"
        self._numbers.skip(row.number)
        mark = self._source.cut_off_mark
        is_cut_off = bool(mark) and row.text.endswith(mark)
        text = row.text.removesuffix(mark) if is_cut_off else row.text
        if not text.strip(" \t,") or (is_cut_off and row.number == 1):
            return "skip"  # it is as good as empty, or the header
        if len(self.malformed) == MOST_MALFORMED:
            self.has_too_many_malformed = True
            return "skip"
        cells = "1 cell" if row.actual_columns == 1 else f"{row.actual_columns} cells"
        reason = _CUT_OFF if is_cut_off else f"The row has {cells}, but the header has {row.expected_columns}"
        self.malformed.append(MalformedRow(row.number, text, reason, is_cut_off))
        return "skip"

    def _numbered(self, blocks: list[Any]) -> pl.DataFrame:
        frame = pl.from_arrow(pa.Table.from_batches(blocks))
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table never becomes a Series
        return frame.with_columns(self._numbers.take(frame.height).alias("row_number"))
