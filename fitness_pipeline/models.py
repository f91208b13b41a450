"""What the database functions take and return: plain, typed, immutable records."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

RunType = Literal["Outdoor Run", "Treadmill Run"]
RunSource = Literal["MapMyFitness", "Strava"]
ChangeType = Literal["original", "edit", "deletion"]
SyncStatus = Literal["synced", "failed", "pending"]

# What a run can be; the asset check `values_are_possible` looks for the same.
EARLIEST_START = datetime(1900, 1, 1, tzinfo=UTC)
LATEST_START_AHEAD = timedelta(days=2)  # of now: it is tomorrow somewhere already

MILES_PER_KILOMETRE = 1 / 1.609344


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run as it is first imported.

    Attributes:
        id: deterministic, see `identity`.
        datetime_utc: the start; an instant, so it carries a zone.
        distance: miles.
        duration: seconds.
        avg_heart_rate: beats a minute, or None when it was not measured.
        shoe_id: the id of a row in `shoes`, or None.
    """

    id: str
    datetime_utc: datetime
    type: RunType
    distance: float
    duration: float
    source: RunSource
    avg_heart_rate: float | None = None
    shoe_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(NewRun):
    """A row of `runs`: the current state of a run.

    Attributes:
        last_edited_at: when a person last edited it; a provider's update is not an edit.
        last_edited_by: who that was.
        version: the number of its newest row in `runs_history`.
        deleted_at: when it was soft-deleted, or None while it counts.
    """

    last_edited_at: datetime | None
    last_edited_by: str | None
    version: int
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail(Run):
    """A run with what a page about it shows besides.

    Attributes:
        shoes: the shoe's name.
        shoe_retirement_notes: what the runner wrote when the shoe was retired.
        is_synced: whether the calendar holds some version of it and the last sync went well.
        synced_version: the version that the calendar holds.
    """

    shoes: str | None
    shoe_retirement_notes: str | None
    is_synced: bool
    sync_status: SyncStatus | None
    synced_at: datetime | None
    google_event_id: str | None
    synced_version: int | None
    error_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunVersion:
    """A row of `runs_history`: a run's state after one change, and who made it and why."""

    history_id: int
    run_id: str
    version_number: int
    change_type: ChangeType
    datetime_utc: datetime
    type: RunType
    distance: float
    duration: float
    source: RunSource
    avg_heart_rate: float | None
    shoe_id: str | None
    changed_at: datetime
    changed_by: str | None
    change_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shoe:
    """A row of `shoes`."""

    id: str
    name: str
    retired_at: date | None
    notes: str | None
    retirement_notes: str | None
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """A row of `lifts`: a strength session as it is now.

    Attributes:
        id: `hevy_` with the workout id.
        end_time: None where it is not known; it may lie before the start, as its source said.
        exercises: each with its sets, in the shape of docs/hevy.md.
        total_volume_kg: weight times repetitions, warm-ups not counted.
        total_sets: warm-ups not counted.
        deleted_at: when it was deleted upstream, or None while it counts.
    """

    id: str
    title: str
    source: str
    description: str | None
    start_time: datetime
    end_time: datetime | None
    exercises: list[dict[str, Any]]
    total_volume_kg: float
    total_sets: int
    deleted_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftVersion:
    """What a lift was before it was changed or deleted upstream.

    Attributes:
        version_number: 1 is what it was first.
        state: the whole row of `lifts`, as JSON has it.
        superseded_at: when it was replaced.
    """

    lift_id: str
    version_number: int
    state: dict[str, Any]
    superseded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseTemplate:
    """A row of `exercise_templates`: an exercise that lifts name.

    Attributes:
        type: what is counted in its sets, such as `weight_reps`; what Hevy says, whatever that is.
        primary_muscle_group: as Hevy names it.
        is_custom: whether its owner made it.
    """

    id: str
    title: str
    source: str
    type: str | None
    primary_muscle_group: str | None
    secondary_muscle_groups: list[str]
    is_custom: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """How many requests a provider allows, and how many were made.

    Attributes:
        quarter_limit: allowed from one :00, :15, :30 or :45 to the next.
        day_limit: allowed from one midnight UTC to the next.
        quarter_used: made since the last :00, :15, :30 or :45.
        day_used: made since the last midnight UTC.
    """

    quarter_limit: int
    day_limit: int
    quarter_used: int
    day_used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """What a provider said last of how much may still be asked.

    Attributes:
        overall: over all requests; None where nothing was said of them.
        read: over those that only read; None where nothing was said of them.
        observed_at: the instant that "used" is counted up to.
    """

    overall: RateLimit | None
    read: RateLimit | None
    observed_at: datetime
