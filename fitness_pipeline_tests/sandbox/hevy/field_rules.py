"""What is true of everything that Hevy sends, as far as its description and its clients tell.

Only what is known: sets, exercise types and muscle groups may have any name, and most fields may be missing.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

_BUILT_IN = re.compile(r"[0-9A-F]{8}")
_TIMES = ("start_time", "end_time", "created_at", "updated_at")
_MEASURES = ("weight_kg", "reps", "distance_meters", "duration_seconds", "rpe", "custom_metric")
_RPE = (6, 7, 7.5, 8, 8.5, 9, 9.5, 10)
_WRONG_NAMES = {"set_type", "superset_id", "exercise_id", "weight", "distance"}  # some clients read these

Rules = Iterator[tuple[str, bool]]
Json = dict[str, Any]


def broken_workout_rules(row: Json) -> list[str]:
    """Return the rules that a workout breaks."""
    return [rule for rule, is_held in _workout(row) if not is_held]


def broken_template_rules(row: Json) -> list[str]:
    """Return the rules that an exercise template breaks."""
    return [rule for rule, is_held in _template(row) if not is_held]


def broken_page_rules(page: Json, name: str, *, number: int, size: int) -> list[str]:
    """Return the rules that a page breaks, and those that its rows break."""
    return [rule for rule, is_held in _page(page, name, number, size) if not is_held]


def _page(page: Json, name: str, number: int, size: int) -> Rules:
    rows = page[name]
    yield "there are the number, the count and the rows", page.keys() == {"page", "page_count", name}
    yield "the number is the one asked for", type(page["page"]) is int and page["page"] == number
    yield "the count is a whole number", type(page["page_count"]) is int
    is_last = number == page["page_count"]
    yield "only the last page has fewer rows", 1 <= len(rows) <= size and (is_last or len(rows) == size)
    rules = {"workouts": _workout, "events": _event, "exercise_templates": _template}[name]
    for row in rows:
        yield from rules(row)


def _event(event: Json) -> Rules:
    if event["type"] == "deleted":
        yield (
            "a deletion tells which, and perhaps when",
            {"type", "id"}
            <= event.keys()
            <= {
                "type",
                "id",
                "deleted_at",
            },
        )
        yield "the deleted has a uuid", _is_uuid(event["id"])
        yield "when is a time", "deleted_at" not in event or _is_time(event["deleted_at"])
    else:
        yield "what is not deleted is updated", event["type"] == "updated"
        yield "an update has its workout", event.keys() == {"type", "workout"}
        yield from _workout(event["workout"])


def _workout(row: Json) -> Rules:
    yield "a workout has a uuid", _is_uuid(row["id"])
    yield "it has a title", isinstance(row.get("title", ""), str)
    yield "a routine has a uuid", row.get("routine_id") is None or _is_uuid(row["routine_id"])
    yield "a description is text or null", isinstance(row.get("description"), str | None)
    for name in _TIMES:
        yield f"{name} is a time with a zone", row.get(name) is None or _is_time(row[name])
    start, end, created, updated = (
        datetime.fromisoformat(row[name]) if row.get(name) else None for name in _TIMES
    )
    yield "it ends after it starts", start is None or end is None or start < end
    yield "it is logged before it is changed", created is None or updated is None or created <= updated
    yield "it is logged after it started", start is None or created is None or start < created
    exercises = row.get("exercises", [])
    yield "exercises are numbered from 0", _is_numbered(exercises)
    for exercise in exercises:
        yield from _exercise(exercise)


def _exercise(row: Json) -> Rules:
    yield "nothing has a name that only clients know", not _WRONG_NAMES & row.keys()
    yield "an exercise has a title", isinstance(row.get("title", ""), str)
    yield "notes are text or null", isinstance(row.get("notes"), str | None)
    yield "a template has an id of eight digits or a uuid", _is_template_id(row["exercise_template_id"])
    yield "a superset has a number", _is_number_or_null(row.get("supersets_id"))
    yield "sets are numbered from 0", _is_numbered(row["sets"])
    for one in row["sets"]:
        yield "nothing has a name that only clients know", not _WRONG_NAMES & one.keys()
        yield "a set has a type", isinstance(one["type"], str) and one["type"] != ""
        yield "measures are numbers or null", all(_is_number_or_null(one.get(name)) for name in _MEASURES)
        yield "measures are not negative", all((one.get(name) or 0) >= 0 for name in _MEASURES)
        yield "perceived exertion is on the scale", one.get("rpe") is None or one["rpe"] in _RPE


def _template(row: Json) -> Rules:
    yield (
        "a template has these fields",
        row.keys()
        == {
            "id",
            "title",
            "type",
            "primary_muscle_group",
            "secondary_muscle_groups",
            "is_custom",
        },
    )
    yield (
        "it has an id of eight digits, or a uuid if it is the lifter's own",
        (_is_uuid(row["id"]) if row["is_custom"] else bool(_BUILT_IN.fullmatch(row["id"]))),
    )
    texts = (row["title"], row["type"], row["primary_muscle_group"], *row["secondary_muscle_groups"])
    yield "names are text", all(isinstance(text, str) and text for text in texts)
    yield "whether it is the lifter's own is yes or no", type(row["is_custom"]) is bool


def _is_numbered(rows: list[Json]) -> bool:
    return [row["index"] for row in rows] == list(range(len(rows)))


def _is_number_or_null(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_time(text: object) -> bool:
    return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None


def _is_template_id(text: str) -> bool:
    return bool(_BUILT_IN.fullmatch(text)) or _is_uuid(text)


def _is_uuid(text: str) -> bool:
    return str(UUID(text)) == text
