"""Exports, with their header, as text or into a file."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Literal, TextIO

from fitness_pipeline.providers.mapmyfitness.columns import COLUMNS
from fitness_pipeline.sandbox.mapmyfitness.rows import Cells, Unit, compose_rows
from fitness_pipeline.sandbox.mapmyfitness.workouts import FIRST_DAY, LAST_DAY, compose_workouts

Generation = Literal[2017, 2025]


def header(*, unit: Unit = "mi", generation: Generation = 2025) -> Cells:
    """Return the header of an export; that of 2017 gave no unit for Max Pace and Max Speed."""
    titles = (column.title.replace("mi/h", f"{unit}/h").replace("/mi", f"/{unit}") for column in COLUMNS)
    titles = (title.replace("(mi)", f"({unit})") for title in titles)
    return tuple(
        title.split(" (")[0] if generation == 2017 and title.startswith("Max ") else title for title in titles
    )


def write_export(
    file: TextIO, rows: Iterable[Cells], *, unit: Unit = "mi", generation: Generation = 2025
) -> None:
    """Write an export as the vendor does: quotes only where they are needed, one line feed a row.

    Args:
        file: open for writing, with `newline=""` if it is on disk.
        rows: as `compose_rows` gives them, in the same unit; taken one at a time.
        unit: of length.
        generation: of the header.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header(unit=unit, generation=generation))
    writer.writerows(rows)


def compose_export(
    rows: int = 420,
    *,
    seed: int = 1001,
    unit: Unit = "mi",
    generation: Generation = 2025,
    first_day: date = FIRST_DAY,
    last_day: date = LAST_DAY,
) -> str:
    """Return a whole export as text; see `compose_workouts` and `header` for the arguments."""
    text = io.StringIO(newline="")
    workouts = compose_workouts(rows, seed=seed, first_day=first_day, last_day=last_day)
    write_export(text, compose_rows(workouts, unit=unit), unit=unit, generation=generation)
    return text.getvalue()
