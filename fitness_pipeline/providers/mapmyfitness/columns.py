"""The 15 columns of a MapMyFitness export: their names here, and how a header writes them."""

import re
from dataclasses import dataclass

# A unit of length as it stands in the parentheses of a header, whatever it is called.
_LENGTH = r"(?P<unit>[^()/]*?)"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the export is known to have.

    Attributes:
        name: what it is called in this project.
        title: how the header of a present-day export in miles writes it.
        pattern: matches a stripped header cell; its group `unit`, if any, is the unit of length.
        is_needed: whether a run cannot be made without it.
    """

    name: str
    title: str
    pattern: re.Pattern[str]
    is_needed: bool


def _column(
    name: str, title: str, unit: str = "", *, is_needed: bool = False, always: bool = False
) -> Column:
    """Return a column whose header may carry `unit` in parentheses, or `always` must."""
    words = r"\s+".join(re.escape(word) for word in title.split(" (")[0].split())
    in_parentheses = rf"\s*\(\s*{unit}\s*\)"
    pattern = words + (in_parentheses if always else f"(?:{in_parentheses})?" if unit else "")
    return Column(name, title, re.compile(pattern, re.IGNORECASE), is_needed)


# MapMyFitness export, as seen in public files: until about 2022, Max Pace and Max Speed carried no unit.
COLUMNS = (
    _column("date_submitted", "Date Submitted"),
    _column("workout_date", "Workout Date", is_needed=True),
    _column("activity_type", "Activity Type", is_needed=True),
    _column("calories_burned", "Calories Burned (kCal)", "kcal"),
    _column("distance", "Distance (mi)", _LENGTH, is_needed=True),
    # Taken for seconds only where it says so: minutes would make runs that are sixty times too short.
    _column("workout_time", "Workout Time (seconds)", "seconds", is_needed=True, always=True),
    _column("avg_pace", "Avg Pace (min/mi)", rf"min\s*/\s*{_LENGTH}"),
    _column("max_pace", "Max Pace (min/mi)", rf"min\s*/\s*{_LENGTH}"),
    _column("avg_speed", "Avg Speed (mi/h)", rf"{_LENGTH}\s*/\s*h"),
    _column("max_speed", "Max Speed (mi/h)", rf"{_LENGTH}\s*/\s*h"),
    _column("avg_heart_rate", "Avg Heart Rate"),
    _column("steps", "Steps"),
    _column("notes", "Notes"),
    _column("source", "Source"),
    _column("link", "Link", is_needed=True),
)

CELL_COLUMNS: tuple[str, ...] = tuple(column.name for column in COLUMNS)
