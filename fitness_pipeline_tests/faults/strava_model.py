"""What syncs are meant to leave of a changing Strava, in plain Python and one activity at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from fitness_pipeline.models import LATEST_START_AHEAD
from fitness_pipeline.sandbox.strava.activities import is_private
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.rows import Row
from fitness_pipeline_tests.builders import VALUES
from fitness_pipeline_tests.reference import ReferenceRun
from fitness_pipeline_tests.strava_reference import cells_of, outcome_of

OVERLAP = timedelta(days=14)
GEAR_IS_ASKED_AGAIN = timedelta(days=6)
READ, READ_ALL = "activity:read", "activity:read_all"
_BEGINNING = datetime.fromisoformat("1970-01-02T00:00:00Z")


@dataclass
class StoredActivity:
    """An activity as it was listed last.

    Attributes:
        scope: what the token could see then.
    """

    row: Row
    scope: str
    is_deleted: bool = False


@dataclass
class KnownGear:
    """Gear that an activity has named.

    Attributes:
        first_name: None as long as it could not be read.
        asked_at: None as long as it was not asked for.
    """

    first_name: str | None = None
    is_retired: bool = False
    asked_at: datetime | None = None


@dataclass
class StravaModel:
    """What is stored of Strava, and how far it was read."""

    activities: dict[int, StoredActivity] = field(default_factory=dict)
    gear: dict[str, KnownGear] = field(default_factory=dict)
    watermark: datetime | None = None

    def read(self, rows: Iterable[Row], scope: str, now: datetime, *, is_full: bool) -> None:
        """Read all, or what may be new."""
        if is_full or self.watermark is None:
            self.read_window(rows, scope, _BEGINNING, now + LATEST_START_AHEAD)
        else:
            self.read_window(rows, scope, self.watermark - OVERLAP, now + LATEST_START_AHEAD)
        self.watermark = now

    def read_window(self, rows: Iterable[Row], scope: str, after: datetime, before: datetime) -> None:
        """Read the activities that start between two instants."""
        visible = {row["id"]: row for row in rows if scope == READ_ALL or not is_private(row)}
        missing = [
            id
            for id, known in self.activities.items()
            if not known.is_deleted
            and after <= start_of(known.row) < before
            # One that a wider scope listed may just be invisible.
            and (scope == READ_ALL or known.scope == READ)
        ]
        for id, row in visible.items():
            # Those that were here and are elsewhere now are asked for one by one.
            if after <= start_of(row) < before or id in missing:
                self.activities[id] = StoredActivity(row, scope)
                if row["gear_id"] is not None:
                    self.gear.setdefault(row["gear_id"], KnownGear())
        for id in missing:
            self.activities[id].is_deleted = id not in visible

    def ask_for_gear(self, shelf: dict[str, Gear], now: datetime, *, is_full: bool) -> None:
        """Ask for gear that was never asked for, or with a full sync not for some days."""
        for id, known in self.gear.items():
            if known.asked_at is None or (is_full and known.asked_at < now - GEAR_IS_ASKED_AGAIN):
                known.asked_at = now
                if id in shelf:
                    known.first_name = known.first_name or shelf[id].name
                    known.is_retired = shelf[id].is_retired

    def outcomes(self, today: date) -> dict[str, tuple[str, Any]]:
        """What becomes of what is stored, by the id of a run; see `outcome_of`."""
        return {
            f"strava_{id}": self.outcome(known.row, today, is_deleted=known.is_deleted)
            for id, known in self.activities.items()
        }

    def outcome(self, row: Row, today: date, *, is_deleted: bool = False) -> tuple[str, Any]:
        """What becomes of an activity, with the values of `ReferenceRun` if it is a run."""
        names = {id: known.first_name for id, known in self.gear.items() if known.first_name is not None}
        kind, found = outcome_of(cells_of(row, is_deleted=is_deleted), names, {}, today)
        return kind, {name: found[name] for name in VALUES} if kind == "run" else None

    def retired_shoes(self) -> dict[str, bool]:
        """The names of the shoes, and whether all gear of that name is retired."""
        retired: dict[str, bool] = {}
        for id, known in self.gear.items():
            if known.first_name is not None and id.startswith("g"):
                retired[known.first_name] = retired.get(known.first_name, True) and known.is_retired
        return retired


def signed_by_strava(run: ReferenceRun) -> ReferenceRun:
    """The same run, but that Strava is its provider."""
    return replace(
        run,
        versions=[(kind, "strava" if by == "mmf" else by, values) for kind, by, values in run.versions],
    )


def start_of(row: Row) -> datetime:
    """When an activity starts."""
    return datetime.fromisoformat(row["start_date"])
