"""Row numbers as a spreadsheet shows them, for rows that arrive without the malformed ones between them."""

import polars as pl


class RowNumbers:
    """Counts rows from 1, leaving out the numbers of rows that were skipped.

    A row must be skipped before the rows after it are taken.
    """

    def __init__(self) -> None:
        self._next = 1
        self._skipped: list[int] = []

    @property
    def last(self) -> int:
        """The number of the row that was taken last, 0 before the first."""
        return self._next - 1

    def skip(self, row_number: int) -> None:
        """Leave out a number; numbers are skipped in ascending order."""
        self._skipped.append(row_number)

    def take(self, count: int) -> pl.Series:
        """Return the numbers (Int64) of the next `count` rows."""
        end = self._next + count
        among = 0
        for row_number in self._skipped:
            if row_number >= end:
                break
            end += 1
            among += 1
        numbers = pl.int_range(self._next, end, eager=True)
        left_out = pl.Series(self._skipped[:among], dtype=pl.Int64)
        del self._skipped[:among]
        self._next = end
        return numbers.filter(~numbers.is_in(left_out.implode())) if among else numbers
