"""What templates of events can name: facts of a run, as text."""

from dataclasses import dataclass
from datetime import datetime

from fitness_pipeline.models import MILES_PER_KILOMETRE, RunSource, RunType


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRun:
    """What an event tells of a run.

    Attributes:
        distance: miles.
        duration: seconds.
        avg_heart_rate: beats a minute, or None when it was not measured.
        shoe: the shoe's name.
        day_zone: the zone of its day that was given with the file it came from; None where none was.
        version: of the run.
    """

    id: str
    datetime_utc: datetime
    type: RunType
    distance: float
    duration: float
    source: RunSource
    avg_heart_rate: float | None
    shoe: str | None
    day_zone: str | None
    version: int


def event_fields(run: CalendarRun) -> dict[str, str | None]:
    """Return the text of each of `event_templates.FIELDS`; None for what the run does not have.

    Args:
        run: the run.
    """
    kilometres = run.distance / MILES_PER_KILOMETRE
    heart_rate = run.avg_heart_rate
    return {
        "distance": f"{run.distance:.1f}",
        "distance_km": f"{kilometres:.1f}",
        "type": run.type,
        "duration": _clock(run.duration),
        "pace": _pace(run.duration, run.distance),
        "pace_km": _pace(run.duration, kilometres),
        "heart_rate": None if heart_rate is None else f"{heart_rate:.0f}",
        "shoe": run.shoe,
        "source": run.source,
        "run_id": run.id,
    }


def _pace(seconds: float, distance: float) -> str | None:
    """Return the time for one unit of distance; None without distance or time, or above a day."""
    if not seconds or not distance or seconds / distance >= 86400:
        return None
    return _clock(seconds / distance)


def _clock(seconds: float) -> str:
    """Return 45:30 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
