"""What is true of every activity that Strava lists, as far as recorded replies tell."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_FIELDS = """
    resource_state athlete name distance moving_time elapsed_time total_elevation_gain type sport_type
    workout_type id start_date start_date_local timezone utc_offset location_city location_state
    location_country achievement_count kudos_count comment_count athlete_count photo_count map device_name
    trainer commute manual private visibility flagged gear_id start_latlng end_latlng average_speed max_speed
    average_cadence average_temp average_watts kilojoules device_watts has_heartrate average_heartrate
    max_heartrate heartrate_opt_out display_hide_heartrate_option elev_high elev_low upload_id upload_id_str
    external_id from_accepted_tag pr_count total_photo_count has_kudoed suffer_score
"""
_ORDER = _FIELDS.split()
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ZONE = re.compile(r"\(GMT([+-])(\d\d):(\d\d)\) (\S+)")
_GEAR = re.compile(r"[bg]\d+")


def broken_rules(row: dict[str, Any]) -> list[str]:
    """Return the rules that a row breaks."""
    return [rule for rule, is_held in _rules(row) if not is_held]


def _rules(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    yield "keys are in Strava's order", list(row) == sorted(row, key=_ORDER.index)
    yield "the id is a positive whole number", type(row["id"]) is int and row["id"] > 0
    yield "the type is one from before there were sport types", row["type"] not in ("TrailRun", "Padel")
    yield "a trail run is a run by type", row["sport_type"] != "TrailRun" or row["type"] == "Run"
    yield "gear has an id like g123 or b123, or is null", _is_gear(row.get("gear_id"))
    yield from _rules_of_time(row)
    yield from _rules_of_measures(row)
    yield from _rules_of_uploads(row)
    yield from _rules_of_visibility(row)


def _rules_of_time(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    start, local = row["start_date"], row["start_date_local"]
    yield "times are to the second, with a Z", bool(_TIME.fullmatch(start) and _TIME.fullmatch(local))
    difference = datetime.fromisoformat(local) - datetime.fromisoformat(start)
    yield "local time minus UTC is the offset", difference == timedelta(seconds=row["utc_offset"])
    yield "the offset is a float", type(row["utc_offset"]) is float
    zone = _ZONE.fullmatch(row["timezone"])
    yield "the zone is labelled", zone is not None
    if zone is not None:
        minutes = int(f"{zone[1]}1") * (int(zone[2]) * 60 + int(zone[3]))
        year = int(start[:4])
        offsets = {datetime(year, month, 1, tzinfo=ZoneInfo(zone[4])).utcoffset() for month in (1, 7)}
        yield "the label has the standard offset", timedelta(minutes=minutes) == min(offsets, key=_known)
    yield "it does not move for longer than it takes", row["moving_time"] <= row["elapsed_time"]


def _known(offset: timedelta | None) -> timedelta:
    assert offset is not None
    return offset


def _rules_of_measures(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    times = (row["moving_time"], row["elapsed_time"])
    yield "seconds are whole numbers", all(type(time) is int and time > 0 for time in times)
    speed = row["distance"] / row["moving_time"]
    # Strava's own are off by up to half a percent.
    yield (
        "the average speed is distance by moving time",
        abs(row["average_speed"] - speed) <= 0.005 * speed + 0.001,
    )
    has_heartrate = row["has_heartrate"]
    keys = {"average_heartrate", "max_heartrate"} & row.keys()
    yield "heart rates are there exactly when measured", len(keys) == (2 if has_heartrate else 0)
    yield "there is a suffer score with a heart rate only", ("suffer_score" in row) <= has_heartrate
    if row["type"] in ("Run", "VirtualRun"):
        yield "nobody runs so fast or so slow", 1.5 < row["average_speed"] < 6.5
        yield "runs have a workout type", row["manual"] or row.get("workout_type", 9) in (None, 0, 1, 2, 3)


def _rules_of_uploads(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    points = (row.get("start_latlng"), row.get("end_latlng"))
    if row["manual"] or row["trainer"]:
        yield "without a route there are no points", all(not point for point in points)
        yield "without a route there is no polyline", row["map"]["summary_polyline"] == ""
    else:
        yield "a route has its ends, or there is none", all(point is not None for point in points)
    if row["manual"]:
        yield "nothing was uploaded", (row.get("upload_id"), row.get("external_id")) == (None, None)
        yield "there is no upload id as text", "upload_id_str" not in row
        yield "nobody knows the highest speed", row["max_speed"] == 0
    else:
        yield "the upload id is there as text too", row["upload_id_str"] == str(row["upload_id"])
        yield "what was uploaded has a name", isinstance(row["external_id"], str)


def _rules_of_visibility(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    visibility = row.get("visibility", "everyone")
    yield "visibility is one of three", visibility in ("everyone", "followers_only", "only_me")
    yield "what nobody else sees is private", row["private"] == (visibility == "only_me")


def _is_gear(gear_id: object) -> bool:
    return gear_id is None or (isinstance(gear_id, str) and bool(_GEAR.fullmatch(gear_id)))
