"""What Strava says is wrong, in the bodies of its errors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, in Strava's own words (the model `Fault` of its API description)."""

    resource: str
    field: str
    code: str


def json_object(body: bytes) -> dict[str, Any] | None:
    """Return a body's JSON object, or None when it is anything else.

    Args:
        body: of a reply.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_faults(document: Mapping[str, Any] | None) -> list[Fault]:
    """Return what an error names as being wrong.

    Args:
        document: its body; `errors` is a list, or at times a text (a recorded reply), which names nothing.
    """
    errors = document.get("errors") if document else None
    if not isinstance(errors, list):
        return []
    return [
        Fault(*(str(error.get(part) or "") for part in ("resource", "field", "code")))
        for error in errors
        if isinstance(error, dict)
    ]
