"""The detailed representation of an activity: its row, and what a page about it shows besides."""

from fitness_pipeline.sandbox.strava.rows import Row

_MILE = 1609.344
_SHOWN = ("heart_rate", "pace", "power", "speed", "calories")


def compose_detail(row: Row, gear: Row | None) -> Row:
    """Return the reply to a request for one activity, fields as in recorded replies.

    Args:
        row: as it is listed; one that is detailed already is left as it is.
        gear: the summary of its gear, or None.
    """
    if row.get("resource_state") == 3:
        return row
    route = (row.get("map") or {}).get("summary_polyline") or ""
    detail = {
        **row,
        "resource_state": 3,
        "map": {"id": f"a{row['id']}", "polyline": route, "resource_state": 3, "summary_polyline": route},
        "description": None,
        "calories": round((row.get("moving_time") or 0) * 0.17, 1),
        "perceived_exertion": None,
        "prefer_perceived_exertion": None,
        "segment_efforts": [],
        **_splits(row),
        "laps": [_lap(row)],
        "best_efforts": [],
    }
    if gear is not None:
        detail["gear"] = gear
    return detail | {
        "photos": {"primary": None, "count": 0},
        "stats_visibility": [{"type": kind, "visibility": "everyone"} for kind in _SHOWN],
        "hide_from_home": False,
        "embed_token": f"{row['id']:040x}",
        "available_zones": ["heartrate"] if row.get("has_heartrate") else [],
    }


def _lap(row: Row) -> Row:
    return {
        "id": row["id"] * 3,
        "resource_state": 2,
        "name": "Lap 1",
        "activity": {"id": row["id"], "visibility": row.get("visibility", "everyone"), "resource_state": 1},
        "athlete": row.get("athlete"),
        "elapsed_time": row.get("elapsed_time", 0),
        "moving_time": row.get("moving_time", 0),
        "start_date": row["start_date"],
        "start_date_local": row.get("start_date_local", row["start_date"]),
        "distance": row.get("distance", 0.0),
        "average_speed": row.get("average_speed", 0.0),
        "max_speed": row.get("max_speed", 0.0),
        "lap_index": 1,
        "split": 1,
        "start_index": 0,
        "end_index": row.get("elapsed_time", 0),
        "total_elevation_gain": row.get("total_elevation_gain", 0),
        "device_watts": False,
        "pace_zone": 0,
    }


def _splits(row: Row) -> Row:
    """Even splits, by kilometre and by mile; only runs have them."""
    if row.get("type") != "Run" or not row.get("distance"):
        return {}
    return {"splits_metric": _even_splits(row, 1000.0), "splits_standard": _even_splits(row, _MILE)}


def _even_splits(row: Row, metres: float) -> list[Row]:
    distance, seconds = row["distance"], row.get("moving_time") or 0
    splits = []
    for number in range(int(distance // metres) + 1):
        length = min(metres, distance - number * metres)
        if length <= 0:
            break
        share = round(seconds * length / distance)
        splits.append(
            {
                "distance": round(length, 1),
                "elapsed_time": share,
                "elevation_difference": 0.0,
                "moving_time": share,
                "split": number + 1,
                "average_speed": row.get("average_speed", 0.0),
                "average_grade_adjusted_speed": row.get("average_speed", 0.0),
                "pace_zone": 0,
            }
        )
    return splits
