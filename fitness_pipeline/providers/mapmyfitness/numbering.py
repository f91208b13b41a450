"""Row numbers as a spreadsheet shows them, for rows that arrive without the malformed ones between them."""

import polars as pl


class RowNumbers:
    """Counts rows from 1, leaving out the numbers of rows that were skipped.

    A row must be skipped before the rows after it are taken.
    """

    def __init__(self) -> None:
        self._next = 1
        # First and last number of each stretch: a file may have millions of empty lines in a row.
        self._skipped: list[tuple[int, int]] = []

    @property
    def last(self) -> int:
        """The number of the row that was taken last, 0 before the first."""
        return self._next - 1

    def skip(self, row_number: int) -> None:
        """Leave out a number; numbers are skipped in ascending order."""
        if self._skipped and self._skipped[-1][1] == row_number - 1:
            self._skipped[-1] = (self._skipped[-1][0], row_number)
        else:
            self._skipped.append((row_number, row_number))

    def take(self, count: int) -> pl.Series:
        """Return the numbers (Int64) of the next `count` rows."""
        stretches = []
        left = count
        among = 0
        for first, last in self._skipped:
            if first - self._next >= left:
                break
            stretches.append(pl.int_range(self._next, first, eager=True))
            left -= first - self._next
            self._next = last + 1
            among += 1
        del self._skipped[:among]
        stretches.append(pl.int_range(self._next, self._next + left, eager=True))
        self._next += left
        return pl.concat(stretches)
