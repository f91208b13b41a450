"""What the first row of an export says: which cell is which column, and the unit of length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fitness_pipeline.errors import NoUsableHeader, UnknownUnit
from fitness_pipeline.providers.mapmyfitness.advice import EXPORT_AGAIN
from fitness_pipeline.providers.mapmyfitness.columns import COLUMNS

Unit = Literal["mi", "km"]
_UNITS: Mapping[str, Unit] = {"mi": "mi", "km": "km"}
# Far more than any export has; what has a million cells would be at work for hours.
_MOST_CELLS = 1000
_NEEDED = ", ".join(column.title for column in COLUMNS if column.is_needed)


@dataclass(frozen=True, slots=True)
class Header:
    """An export's header, understood.

    Attributes:
        cells: its cells as they are in the file, without surrounding spaces.
        unit: what distances are measured in.
        known: where each known column stands: its name to its position, from 0.
        extra: where each other column stands: its header cell to its position; a header cell that
            occurs twice gets a number, such as `Temperature (2)`.
    """

    cells: tuple[str, ...]
    unit: Unit
    known: Mapping[str, int]
    extra: Mapping[str, int]


def understand_header(cells: Sequence[str], file_name: str) -> Header:
    """Find the known columns and the unit of length in an export's header.

    Case and spaces do not matter, nor does the order. Columns that a run does not need may be missing.
    Source: MapMyFitness export, as seen in public files.

    Args:
        cells: the cells of the first row.
        file_name: the file's name, for messages.

    Returns:
        The header, understood.

    Raises:
        NoUsableHeader: a needed column is missing, a known one is there twice, or there are far too many.
        UnknownUnit: the unit is missing, neither miles nor kilometres, or not the same everywhere.
    """
    if len(cells) > _MOST_CELLS:
        raise NoUsableHeader(
            f"{file_name} is not a MapMyFitness export: its first row has {len(cells)} cells; expected about "
            f"{len(COLUMNS)}. {EXPORT_AGAIN}"
        )
    stripped = tuple(cell.strip() for cell in cells)
    known: dict[str, int] = {}
    extra: dict[str, int] = {}
    units: dict[str, str] = {}
    for position, cell in enumerate(stripped):
        for column in COLUMNS:
            if found := column.pattern.fullmatch(cell):
                if column.name in known:
                    raise NoUsableHeader(
                        f"{file_name} has two columns {cell!r}; expected one. {EXPORT_AGAIN}"
                    )
                known[column.name] = position
                if unit := found.groupdict().get("unit"):
                    units[cell] = unit.lower()
                break
        else:
            extra[_free_name(cell, extra)] = position
    _check_needed(stripped, known, file_name)
    return Header(stripped, _common_unit(stripped[known["distance"]], units, file_name), known, extra)


def _check_needed(cells: Sequence[str], known: Mapping[str, int], file_name: str) -> None:
    missing = [column.title for column in COLUMNS if column.is_needed and column.name not in known]
    if not missing:
        return
    found = ",".join(cells)
    found = f"{found[:200]}…" if len(found) > 200 else found
    split_by = next((name for sign, name in {";": "semicolons", "\t": "tabs"}.items() if sign in found), None)
    hint = f" Its cells seem to be separated by {split_by}, not commas." if split_by else ""
    raise NoUsableHeader(
        f"{file_name} is not a MapMyFitness export: expected a first row with the columns {_NEEDED}; "
        f"not found: {', '.join(missing)}. Its first row is: {found or '(empty)'}.{hint} {EXPORT_AGAIN}"
    )


def _common_unit(distance: str, units: Mapping[str, str], file_name: str) -> Unit:
    """Return the one unit that all headers name; `distance` is the header of the distance."""
    expected = "expected Distance (mi) or Distance (km)"
    if distance not in units:
        raise UnknownUnit(
            f"{file_name} does not say what distances are in: {expected}, found {distance!r}. {EXPORT_AGAIN}"
        )
    strange = [cell for cell, unit in units.items() if unit not in _UNITS]
    if strange:
        raise UnknownUnit(
            f"{file_name} has an unknown unit: {expected}, found {strange[0]!r}. {EXPORT_AGAIN}"
        )
    if len(set(units.values())) > 1:
        raise UnknownUnit(
            f"{file_name} mixes units: expected one in all columns, found {', '.join(units)}. {EXPORT_AGAIN}"
        )
    return _UNITS[units[distance]]


def _free_name(cell: str, taken: Mapping[str, int]) -> str:
    name, number = cell, 1
    while name in taken:
        number += 1
        name = f"{cell} ({number})"
    return name
