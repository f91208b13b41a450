"""A row that the end of a file may have cut off: its cells, by which it is known when it comes whole."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToldCells:
    """What a row says that may be cut off.

    Attributes:
        whole: column name to text of the cells that other cells come after.
        begun: column name to text of the last cell, of which more may be missing; empty when its column is
            not known.
    """

    whole: Mapping[str, str]
    begun: Mapping[str, str]


def told_cells(text: str, known: Mapping[str, int]) -> ToldCells | None:
    """Tell a row that may be cut off into cells.

    Args:
        text: the row as it is in the file.
        known: where each known column stands, from 0.

    Returns:
        Its cells, or None when one is too long to tell them.
    """
    try:
        cells = next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return None
    last = len(cells) - 1
    return ToldCells(
        whole={name: cells[position] for name, position in known.items() if position < last},
        begun={name: cells[position] for name, position in known.items() if position == last},
    )
