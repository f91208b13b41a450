"""What becomes of a row when its owner edits the activity."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict

from fitness_pipeline.sandbox.strava.outings import Visibility
from fitness_pipeline.sandbox.strava.rows import Row, iso
from fitness_pipeline.sandbox.strava.sports import legacy_type

_HEART_RATE_KEYS = ("average_heartrate", "max_heartrate", "suffer_score")


class Changes(TypedDict, total=False):
    """What may be edited; the units and meanings are those of `Outing`."""

    name: str
    start: datetime
    sport_type: str
    distance_metres: float
    elapsed_seconds: int
    moving_seconds: int
    average_heartrate: float | None
    is_trainer: bool
    gear_id: str | None
    visibility: Visibility


def edited(row: Row, changes: Changes) -> Row:
    """Return a row as it is after an edit; what depends on the changed fields is changed with them.

    Args:
        row: left as it is.
        changes: the new values.
    """
    after = dict(row)
    if "name" in changes:
        after["name"] = changes["name"]
    if "start" in changes:
        start = changes["start"].astimezone(UTC)
        local = start + timedelta(seconds=after.get("utc_offset") or 0)
        after |= {"start_date": iso(start), "start_date_local": iso(local)}
    if "sport_type" in changes:
        sport_type = changes["sport_type"]
        after |= {"sport_type": sport_type, "type": legacy_type(sport_type)}
    if "is_trainer" in changes:
        after["trainer"] = changes["is_trainer"]
    if "gear_id" in changes:
        after["gear_id"] = changes["gear_id"]
    if "visibility" in changes:
        after |= {"visibility": changes["visibility"], "private": changes["visibility"] == "only_me"}
    if "average_heartrate" in changes:
        after = _with_heart_rate(after, changes["average_heartrate"])
    return _with_measures(after, changes)


def hidden_start(row: Row) -> Row:
    """Return a row whose owner hides the start time.

    Both times are one second after midnight then, without regard to the offset (Strava API changelog).
    """
    day = row["start_date_local"][:10]
    return {**row, "start_date": f"{day}T00:00:01Z", "start_date_local": f"{day}T00:00:01Z"}


def _with_measures(row: Row, changes: Changes) -> Row:
    if not {"distance_metres", "elapsed_seconds", "moving_seconds"} & changes.keys():
        return row
    distance = changes.get("distance_metres", row.get("distance") or 0.0)
    elapsed = changes.get("elapsed_seconds", row.get("elapsed_time") or 0)
    moving = changes.get("moving_seconds", min(elapsed, row.get("moving_time") or elapsed))
    speed = round(distance / moving, 3) if moving else 0.0
    return row | {
        "distance": distance,
        "moving_time": moving,
        "elapsed_time": elapsed,
        "average_speed": speed,
    }


def _with_heart_rate(row: Row, average: float | None) -> Row:
    after = {key: value for key, value in row.items() if key not in _HEART_RATE_KEYS}
    after["has_heartrate"] = average is not None
    if average is not None:
        highest = max(average, row.get("max_heartrate") or average)
        after |= {"average_heartrate": average, "max_heartrate": highest}
    return after
