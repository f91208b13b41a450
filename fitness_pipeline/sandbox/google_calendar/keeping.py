"""Calendars in a file, so that another process finds them again."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.composing import Home
from fitness_pipeline.sandbox.google_calendar.events import Event
from fitness_pipeline.sandbox.google_calendar.ledger import Ledger
from fitness_pipeline.sandbox.serving.replies import encode

_FORMAT = "google-calendar-stand-in/1"


def write(path: Path, owner: str, ledger: Ledger, calendars: Iterable[Calendar]) -> None:
    """Write calendars, so that the file is whole at any time.

    Args:
        path: a file; its folder is made.
        owner: of the primary calendar.
        ledger: has the last revision.
        calendars: with their events and etags.
    """
    kept = {
        "format": _FORMAT,
        "owner": owner,
        "revision": ledger.revision,
        "calendars": [_dumped(calendar) for calendar in calendars],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(encode(kept))
    beside.replace(path)


def read(path: Path, ledger: Ledger) -> tuple[str, list[Calendar]]:
    """Read calendars; the ledger goes on after the last revision.

    Returns:
        The owner, and the calendars.

    Raises:
        ValueError: the file is none of ours.
    """
    try:
        kept = json.loads(path.read_bytes())
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or kept.get("format") != _FORMAT:
        raise ValueError(f"{path} has no calendars of the stand-in.")
    ledger.revision = kept["revision"]
    return kept["owner"], [_loaded(calendar, ledger) for calendar in kept["calendars"]]


def _dumped(calendar: Calendar) -> dict[str, Any]:
    home = calendar.home
    return {
        "home": {"id": home.id, "summary": home.summary, "zone": home.zone, "owner": home.owner},
        "role": calendar.role,
        "is_shared": calendar.is_shared,
        "forgotten": calendar.forgotten,
        "sync_era": calendar.sync_era,
        "events": [[event.number, event.revision, event.row] for event in calendar.all()],
    }


def _loaded(kept: dict[str, Any], ledger: Ledger) -> Calendar:
    events = [Event(number, revision, row) for number, revision, row in kept["events"]]
    calendar = Calendar(Home(**kept["home"]), ledger, kept["role"], events)
    calendar.is_shared = kept["is_shared"]
    calendar.forgotten, calendar.sync_era = kept["forgotten"], kept["sync_era"]
    return calendar
