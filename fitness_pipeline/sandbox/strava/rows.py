"""The row that Strava lists for an outing: names, order and quirks of the fields as in recorded replies."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.places import zone_label
from fitness_pipeline.sandbox.strava.polyline import loop
from fitness_pipeline.sandbox.strava.sports import RIDING, RUNNING, legacy_type

Row = dict[str, Any]

ATHLETE_ID = 27182818
_TIMES_OF_DAY = (
    (4, "Night"),
    (11, "Morning"),
    (14, "Lunch"),
    (17, "Afternoon"),
    (21, "Evening"),
    (24, "Night"),
)
_NOUNS = {"TrailRun": "Trail Run", "VirtualRun": "Virtual Run", "WeightTraining": "Weight Training"}
_DEVICES = {"garmin": "Garmin Forerunner 255", "phone": "Strava iPhone App", "zwift": "Zwift"}
_PING_SINCE = datetime(2021, 11, 1, tzinfo=UTC)


def compose_row(outing: Outing, activity_id: int) -> Row:
    """Return the row for an outing.

    Args:
        outing: what happened.
        activity_id: everything that the outing does not say, such as the kudos, follows from it.
    """
    moving = outing.elapsed_seconds if outing.moving_seconds is None else outing.moving_seconds
    speed = round(outing.distance_metres / moving, 3) if moving else 0.0
    return {
        "resource_state": 2,
        "athlete": {"id": ATHLETE_ID, "resource_state": 1},
        "name": outing.name or _name(outing),
        "distance": outing.distance_metres,
        "moving_time": moving,
        "elapsed_time": outing.elapsed_seconds,
        # Whole numbers and fractions are mixed within one field.
        "total_elevation_gain": outing.climbed_metres if outing.has_route else 0,
        "type": legacy_type(outing.sport_type),
        "sport_type": outing.sport_type,
        **_workout_type(outing),
        "id": activity_id,
        **_when(outing),
        **_where_and_how_liked(outing, activity_id),
        "map": {"id": f"a{activity_id}", "summary_polyline": _route(outing), "resource_state": 2},
        **({"device_name": _DEVICES[outing.recorder]} if outing.recorder else {}),
        "trainer": outing.is_trainer,
        "commute": outing.is_commute,
        "manual": outing.recorder is None,
        "private": outing.visibility == "only_me",
        "visibility": outing.visibility,
        "flagged": False,
        "gear_id": outing.gear_id,
        "start_latlng": _point(outing),
        "end_latlng": _point(outing),
        "average_speed": speed,
        "max_speed": 0 if outing.recorder is None else round(speed * (1.2 + activity_id % 90 / 100), 3),
        **_measured(outing, speed, moving),
        **_upload(outing, activity_id),
        "from_accepted_tag": False,
        "pr_count": activity_id % 3 if activity_id % 19 == 0 else 0,
        "total_photo_count": activity_id % 4 if activity_id % 5 == 0 else 0,
        "has_kudoed": False,
        **_suffer_score(outing, moving),
    }


def iso(at: datetime) -> str:
    """Return a time as Strava writes it, to the second and with a Z, be it UTC or a wall clock."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _when(outing: Outing) -> Row:
    start = outing.start.astimezone(UTC)
    offset = outing.place.utc_offset(start)
    return {
        "start_date": iso(start),
        "start_date_local": iso(start + offset),
        "timezone": zone_label(outing.guessed_zone or outing.place.zone),
        "utc_offset": offset / timedelta(seconds=1),
    }


def _where_and_how_liked(outing: Outing, activity_id: int) -> Row:
    is_private = outing.visibility == "only_me"
    return {
        "location_city": None,
        "location_state": None,
        "location_country": outing.place.country if activity_id % 7 == 0 else None,
        "achievement_count": activity_id % 6 if activity_id % 19 == 0 else 0,
        "kudos_count": 0 if is_private else activity_id % 17,
        "comment_count": 1 if activity_id % 11 == 0 and not is_private else 0,
        "athlete_count": 1 + (activity_id % 3 if activity_id % 5 == 0 else 0),
        "photo_count": 0,
    }


def _name(outing: Outing) -> str:
    hour = (outing.start.astimezone(UTC) + outing.place.utc_offset(outing.start)).hour
    time_of_day = next(name for until, name in _TIMES_OF_DAY if hour < until)
    return f"{time_of_day} {_NOUNS.get(outing.sport_type, outing.sport_type)}"


def _workout_type(outing: Outing) -> Row:
    """Runs, rides and weight training have one, which may be null; swims, walks and others have none."""
    if outing.sport_type in RUNNING or outing.sport_type in RIDING:
        return {"workout_type": outing.workout_type}
    return {"workout_type": 30} if outing.sport_type == "WeightTraining" else {}


def _route(outing: Outing) -> str:
    if not outing.has_route:
        return ""
    half_kilometres = max(1, round(outing.distance_metres / 500))
    return loop(outing.place.latitude, outing.place.longitude, half_kilometres)


def _point(outing: Outing) -> list[float]:
    if not outing.has_route:
        return []
    return [round(outing.place.latitude, 2), round(outing.place.longitude, 2)]


def _measured(outing: Outing, speed: float, moving: int) -> Row:
    has_heartrate = outing.average_heartrate is not None
    row: Row = {}
    if outing.cadence is not None:
        row["average_cadence"] = outing.cadence
    if outing.celsius is not None:
        row["average_temp"] = outing.celsius
    if outing.sport_type in RIDING and outing.has_route:
        watts = round(18 * speed + 1.1, 1)
        row |= {"average_watts": watts, "kilojoules": round(watts * moving / 1000, 1), "device_watts": False}
    row["has_heartrate"] = has_heartrate
    if has_heartrate:
        # The keys are there exactly when it was measured (true of every recorded reply).
        row["average_heartrate"] = outing.average_heartrate
        row["max_heartrate"] = outing.max_heartrate or outing.average_heartrate
    row |= {"heartrate_opt_out": False, "display_hide_heartrate_option": has_heartrate}
    if outing.has_route:
        low = round(200 - outing.climbed_metres / 7, 1)
        row |= {"elev_high": round(low + outing.climbed_metres / 3, 1), "elev_low": low}
    return row


def _upload(outing: Outing, activity_id: int) -> Row:
    if outing.recorder is None:
        return {"upload_id": None, "external_id": None}
    upload_id = activity_id + activity_id // 16
    return {
        "upload_id": upload_id,
        "upload_id_str": str(upload_id),
        "external_id": _external_id(outing, upload_id),
    }


def _external_id(outing: Outing, upload_id: int) -> str:
    if outing.recorder == "garmin":
        verb = "ping" if outing.start >= _PING_SINCE else "push"
        return f"garmin_{verb}_{upload_id * 27}"
    if outing.recorder == "zwift":
        return f"zwift-activity-{upload_id}.fit"
    digits = hashlib.sha256(str(upload_id).encode()).hexdigest().upper()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
    return f"{'-'.join(parts)}-activity.fit"


def _suffer_score(outing: Outing, moving: int) -> Row:
    if outing.average_heartrate is None:
        return {}
    return {"suffer_score": float(round(max(1.0, outing.average_heartrate - 95) * moving / 2200))}
