"""Activities that somebody recorded from the real API, read from a file."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from fitness_pipeline.errors import FileUnreadable, UnusableFile, WrongEncoding
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID, Row
from fitness_pipeline.sandbox.strava.world import StravaWorld

_ADVICE = "Give a JSON array of activities, as GET /athlete/activities returns it."


def recorded_world(path: Path) -> StravaWorld:
    """Return a world with the activities in a file; see `read_recorded` and `gear_of`."""
    rows = read_recorded(path)
    athletes = [row["athlete"].get("id") for row in rows if isinstance(row.get("athlete"), dict)]
    known = [athlete_id for athlete_id in athletes if isinstance(athlete_id, int)]
    return StravaWorld(rows, gear_of(rows), athlete_id=known[0] if known else ATHLETE_ID)


def read_recorded(path: Path) -> list[Row]:
    """Return the activities in a file, as they are.

    Args:
        path: of a JSON array of activities.

    Raises:
        UnusableFile: it cannot be served; the message names the first activity that is to blame and why.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read ({error.strerror}). {_ADVICE}") from None
    except UnicodeDecodeError:
        raise WrongEncoding(f"{path} is not UTF-8 text. {_ADVICE}") from None
    except (ValueError, RecursionError) as error:
        raise UnusableFile(f"{path} is not JSON ({error}). {_ADVICE}") from None
    if not isinstance(rows, list):
        raise UnusableFile(f"{path} holds no array. {_ADVICE}")
    positions: dict[int, int] = {}
    for position, row in enumerate(rows, start=1):
        problem = _problem(row)
        if problem is None and row["id"] in positions:
            problem = f"has the id {row['id']}, as activity {positions[row['id']]} has"
        if problem is not None:
            raise UnusableFile(f"{path}: activity {position} {problem}. Correct it or take it out. {_ADVICE}")
        positions[row["id"]] = position
    return rows


def gear_of(rows: Iterable[Row]) -> list[Gear]:
    """Return gear for every `gear_id` that rows name.

    Detailed activities bring their gear with them. Other gear is made up, with its id in its name, so that
    it can be asked for.
    """
    gear: dict[str, Gear] = {}
    for row in rows:
        gear_id, embedded = row.get("gear_id"), row.get("gear")
        if isinstance(embedded, dict) and isinstance(embedded.get("name"), str) and embedded.get("id"):
            gear[str(embedded["id"])] = _known(embedded)
        elif isinstance(gear_id, str) and gear_id not in gear:
            gear[gear_id] = Gear(
                id=gear_id, brand="Bike" if gear_id.startswith("b") else "Shoe", model=gear_id
            )
    return list(gear.values())


def _known(embedded: Row) -> Gear:
    nickname = embedded.get("nickname") or ""
    name = embedded["name"]
    return Gear(
        id=str(embedded["id"]),
        brand=name.removesuffix(f" {nickname}") if nickname else name,
        model="",
        nickname=nickname if nickname and name.endswith(f" {nickname}") else "",
        is_retired=bool(embedded.get("retired")),
        is_primary=bool(embedded.get("primary")),
    )


def _problem(row: Any) -> str | None:
    """Return what keeps a row from being an activity, or None."""
    if not isinstance(row, dict):
        return "is not an object"
    return next(_problems(row), None)


def _problems(row: Row) -> Iterator[str]:
    activity_id, start = row.get("id"), row.get("start_date")
    if isinstance(activity_id, bool) or not isinstance(activity_id, int) or activity_id < 1:
        yield "has no whole number as its id"
    if not isinstance(row.get("sport_type"), str):
        yield "has no sport_type"
    if not isinstance(start, str) or not _is_instant(start):
        yield "has no start_date such as 2025-10-19T20:00:00Z"


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
