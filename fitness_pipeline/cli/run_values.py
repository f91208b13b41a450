"""The values of a run's fields as people read them: miles, h:mm:ss, names of shoes, UTC."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

FIELD_NAMES = {"datetime_utc": "start", "avg_heart_rate": "heart rate", "shoe_id": "shoe"}
NOTHING = "none"

_MOST_DIGITS = 6


def readable_values(field: str, values: Sequence[Any], shoe_names: Mapping[str, str]) -> list[str]:
    """Return values of one field as people read them; different ones always look different.

    Args:
        field: a field of runs, such as `distance`.
        values: as JSON has them; None where there is none.
        shoe_names: id to name, of all shoes.
    """
    match field:
        case "distance":
            return _numbers(values, lambda miles, digits: f"{miles:.{digits}f} mi", fewest_digits=2)
        case "duration":
            return _numbers(values, _duration)
        case "avg_heart_rate":
            return _numbers(values, lambda beats, digits: f"{beats:.{digits}f} bpm")
        case "datetime_utc":
            return [f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M:%S} UTC" for value in values]
        case "shoe_id":
            return [NOTHING if value is None else shoe_names.get(value, value) for value in values]
        case _:
            return [str(value) for value in values]


def _numbers(
    values: Sequence[float | None], write: Callable[[float, int], str], fewest_digits: int = 0
) -> list[str]:
    """Write numbers with as few digits as keep them apart."""
    for digits in range(fewest_digits, _MOST_DIGITS + 1):
        written = [NOTHING if value is None else write(value, digits) for value in values]
        if len(set(written)) == len(set(values)):
            return written
    return [NOTHING if value is None else str(value) for value in values]


def _duration(seconds: float, digits: int) -> str:
    minutes, rest = divmod(round(seconds, digits), 60)
    hours, minutes = divmod(int(minutes), 60)
    width = 2 if digits == 0 else 3 + digits
    return f"{hours}:{minutes:02}:{rest:0{width}.{digits}f}"
