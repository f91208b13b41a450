"""What becomes of an activity, in plain Python and one at a time, to compare with."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fitness_pipeline.identity import shoe_id

Cells = Mapping[str, str | None]

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def cells_of(row: Mapping[str, Any], *, is_deleted: bool = False) -> dict[str, str | None]:
    """An activity as Strava lists it, as the text that Postgres makes of it."""
    start = datetime.fromisoformat(row["start_date"]).astimezone(UTC)
    names = ("trainer", "distance", "elapsed_time", "average_heartrate", "gear_id")
    return {
        "run_id": f"strava_{row['id']}",
        "start_date": f"{start:%Y-%m-%d %H:%M:%S}+00",
        "sport_type": row.get("sport_type") or row.get("type"),
        **{name: _as_text(row.get(name)) for name in names},
        "is_deleted": "t" if is_deleted else "f",
    }


def outcome_of(
    cells: Cells, gear_names: Mapping[str, str], aliases: Mapping[str, str], today: date
) -> tuple[str, Any]:
    """Where a row ends: `withdrawn`, `other` with its sport, `reject`, or `run` with its values."""
    if cells["is_deleted"] == "t":
        return "withdrawn", None
    if cells["sport_type"] not in ("Run", "TrailRun", "VirtualRun"):
        return "other", "unknown" if cells["sport_type"] is None else cells["sport_type"]
    metres, seconds = number(cells["distance"]), number(cells["elapsed_time"])
    start = datetime.fromisoformat(f"{cells['start_date']}:00")
    latest = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=2)
    is_in_time = datetime(1900, 1, 1, tzinfo=UTC) <= start <= latest
    if metres is None or seconds is None or metres < 0 or seconds < 0 or not is_in_time:
        return "reject", None
    heart_rate = number(cells["average_heartrate"])
    is_treadmill = cells["trainer"] == "true" or cells["sport_type"] == "VirtualRun"
    shoe = _shoe(cells["gear_id"], gear_names, aliases)
    return "run", {
        "run_id": cells["run_id"],
        "datetime_utc": start,
        "type": "Treadmill Run" if is_treadmill else "Outdoor Run",
        "distance": metres * (1 / 1.609344 / 1000),
        "duration": seconds,
        "source": "Strava",
        "avg_heart_rate": heart_rate if heart_rate is not None and 20 <= heart_rate <= 250 else None,
        "shoe_name": shoe,
        "shoe_id": None if shoe is None else shoe_id(shoe),
        "is_day_precision": False,
    }


def number(text: str | None) -> float | None:
    """The finite number that a text is, or None."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _shoe(gear_id: str | None, gear_names: Mapping[str, str], aliases: Mapping[str, str]) -> str | None:
    if gear_id is None or not gear_id.startswith("g"):
        return None
    name = gear_names.get(gear_id, "").strip()
    return aliases.get(shoe_id(name), name) or None


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else repr(value)
