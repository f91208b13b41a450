"""What a person may set of a run, and to what."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, get_args

from fitness_pipeline.errors import InvalidValue, NotEditable
from fitness_pipeline.models import EARLIEST_START, LATEST_START_AHEAD, RunType

EDITABLE_FIELDS = ("distance", "duration", "avg_heart_rate", "type", "shoe_id", "datetime_utc")
HEART_RATES = (20.0, 250.0)


def checked_updates(updates: Mapping[str, Any]) -> dict[str, Any]:
    """Return updates in the types of the columns.

    Args:
        updates: field to new value.

    Raises:
        NotEditable: a field may not be edited.
        InvalidValue: a value is impossible, or there is no field at all.
    """
    if not updates:
        raise InvalidValue(f"There is nothing to change. Give one of {', '.join(EDITABLE_FIELDS)}.")
    for field in updates:
        if field not in EDITABLE_FIELDS:
            raise NotEditable(f"{field!r} cannot be edited; {', '.join(EDITABLE_FIELDS)} can.")
    return {field: _checked_value(field, value) for field, value in updates.items()}


def possible_start(start: datetime) -> datetime:
    """Return the start of a run in UTC.

    Args:
        start: an instant, with its zone.

    Raises:
        InvalidValue: no run can start then.
    """
    with suppress(OverflowError):  # at the ends of the calendar
        instant = start.astimezone(UTC)
        if EARLIEST_START <= instant <= datetime.now(UTC) + LATEST_START_AHEAD:
            return instant
    raise InvalidValue(f"datetime_utc cannot be on {start:%Y-%m-%d}: that is before 1900 or in the future.")


def _checked_value(field: str, value: Any) -> Any:
    match field:
        case "distance" | "duration":
            if not _is_number(value) or not 0 <= value <= sys.float_info.max:
                raise InvalidValue(f"{field} must be a number that is 0 or greater, not {value!r}.")
            return float(value)
        case "avg_heart_rate":
            low, high = HEART_RATES
            if value is not None and not (_is_number(value) and low <= value <= high):
                raise InvalidValue(
                    f"avg_heart_rate must be {low:g} to {high:g} beats a minute, or None; not {value!r}."
                )
            return None if value is None else float(value)
        case "type":
            if value not in get_args(RunType):
                raise InvalidValue(f"type must be one of {', '.join(get_args(RunType))}; not {value!r}.")
            return value
        case "datetime_utc":
            if not isinstance(value, datetime) or value.tzinfo is None:
                raise InvalidValue(f"datetime_utc must be a datetime with a time zone, not {value!r}.")
            return possible_start(value)
        case _:
            if value is not None and not isinstance(value, str):
                raise InvalidValue(f"shoe_id must be the id of a shoe, or None; not {value!r}.")
            return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
