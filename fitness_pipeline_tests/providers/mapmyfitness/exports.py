"""Exports for the tests: any header and rows, written in any dialect that a file may have."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from fitness_pipeline.providers.mapmyfitness.columns import CELL_COLUMNS, COLUMNS
from fitness_pipeline.providers.mapmyfitness.export import MalformedRow, open_export

HEADER = tuple(column.title for column in COLUMNS)


def cells(number: int = 1, **given: str) -> list[str]:
    """The cells of a short run with the workout id `number`, but for what is given."""
    usual = {
        "date_submitted": "July 4, 2024",
        "workout_date": "July 4, 2024",
        "activity_type": "Run",
        "distance": "5.2",
        "workout_time": "2700",
        "source": "Map My Fitness MapMyRun iPhone",
        "link": f"http://www.mapmyfitness.com/workout/{number}",
    }
    return [{**usual, **given}.get(name, "") for name in CELL_COLUMNS]


def as_csv(
    rows: Iterable[Sequence[str]],
    header: Sequence[str] = HEADER,
    *,
    line_end: str = "\n",
    quotes_everything: bool = False,
) -> str:
    """A header and rows as CSV text."""
    text = io.StringIO(newline="")
    quoting: Any = csv.QUOTE_ALL if quotes_everything else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator=line_end, quoting=quoting).writerows([header, *rows])
    return text.getvalue()


def write(folder: Path, content: str | bytes) -> Path:
    """Write a file with exactly this content."""
    path = folder / "user1_workout_history.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, **options: int) -> tuple[pl.DataFrame, list[MalformedRow]]:
    """All rows of an export, and the malformed ones."""
    with open_export(path, **options) as export:
        return pl.concat(list(export.batches())), export.malformed
