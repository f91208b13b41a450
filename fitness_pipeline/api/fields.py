"""Types of what is sent: texts that Postgres can hold, days and instants as ISO 8601 writes them."""

import re
from datetime import date
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints

from fitness_pipeline.db.run_changes import NO_PERSONS
from fitness_pipeline.errors import UnknownTimeZone
from fitness_pipeline.settings import time_zone

NO_NUL = r"^[^\x00]*$"
"""Postgres has no text with a NUL in it."""


def _day(value: Any) -> Any:
    # pydantic takes seconds since 1970 for a day, too
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("it is to be a day, such as 2026-03-01")
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", value):
        raise ValueError("it is to be an instant in ISO 8601, such as 2026-03-01T06:30:00Z")
    return value


def _zone(name: str) -> str:
    try:
        return time_zone(name).key
    except UnknownTimeZone:
        raise ValueError(
            "it is no time zone; use an IANA name such as America/Chicago or Europe/Berlin"
        ) from None


def _person(label: str) -> str:
    if label.casefold() in NO_PERSONS:
        raise ValueError(f"it is to tell which person changes something; not {', '.join(NO_PERSONS)}")
    return label


Day = Annotated[date, BeforeValidator(_day)]
"""A day as ISO 8601 writes it, and nothing else."""

Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An instant as ISO 8601 writes it, with its offset."""

TimeZone = Annotated[str, StringConstraints(max_length=100), AfterValidator(_zone)]
"""The name of an IANA time zone."""

Text = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=20_000)]
"""What a person notes."""

Reason = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=2000)]
"""Why something is changed."""

Label = Annotated[
    str,
    StringConstraints(pattern=NO_NUL, strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_person),
]
"""Who changes something: no provider's name, for merges tell people from providers by it."""

RunId = Annotated[str, Path(pattern=NO_NUL, max_length=500, description="Such as `strava_16195505756`.")]
"""The id of a run in a path."""
