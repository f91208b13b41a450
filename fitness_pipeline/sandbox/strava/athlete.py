"""An athlete who does not exist, with ten years of activities; equal arguments give equal rows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.rows import Row, compose_row
from fitness_pipeline.sandbox.strava.training.history import History
from fitness_pipeline.sandbox.strava.training.numbering import number
from fitness_pipeline.sandbox.strava.training.other_sports import compose_others
from fitness_pipeline.sandbox.strava.training.running import compose_run
from fitness_pipeline.sandbox.strava.training.wardrobe import compose_gear
from fitness_pipeline.sandbox.strava.world import StravaWorld

FIRST_DAY = date(2016, 9, 1)
_LACKING_ONCE = (  # an old recorded reply lacks these
    "workout_type",
    "location_city",
    "location_state",
    "visibility",
    "gear_id",
    "start_latlng",
    "end_latlng",
    "has_heartrate",
    "heartrate_opt_out",
    "display_hide_heartrate_option",
    "upload_id",
    "external_id",
    "from_accepted_tag",
)
_LACKING_MANUAL_RUNS = 2


@dataclass(frozen=True, slots=True)
class Athlete:
    """What Strava has of an athlete.

    Attributes:
        activities: rows, in the order in which they were uploaded.
        gear: what was not deleted since.
    """

    activities: list[Row]
    gear: list[Gear]


def compose_athlete(*, today: date, seed: int = 7, since: date = FIRST_DAY) -> Athlete:
    """Return an athlete, about 150 activities a year.

    Another day as `today` adds activities and changes none, so that whoever has read them reads on.

    Args:
        today: a day in UTC; what was uploaded before it is there.
        seed: another one gives another training.
        since: the first day of the history, which comes to its age of ten years.
    """
    history = History(since)
    now = datetime.combine(today, time(), UTC)
    outings = _by_night(history)
    for days in range((today - since).days):
        day = since + timedelta(days=days)
        random = Random(seed * 10_000_000 + day.toordinal())  # noqa: S311 - nothing secret
        run = compose_run(random, history, day)
        outings += [*([run] if run else []), *compose_others(random, history, day)]
    uploads = sorted(
        ((_uploaded_at(outing), outing) for outing in outings),
        key=lambda upload: (upload[0], upload[1].start),
    )
    uploads = [(uploaded_at, outing) for uploaded_at, outing in uploads if uploaded_at < now]
    ids = number(uploaded_at for uploaded_at, _ in uploads)
    rows = [compose_row(outing, one) for one, (_, outing) in zip(ids, uploads, strict=True)]
    return Athlete(_with_old_shapes(rows), compose_gear(history.progress(today)))


def generated_world(*, today: date, seed: int = 7, since: date = FIRST_DAY) -> StravaWorld:
    """Return a world with such an athlete; see `compose_athlete`."""
    athlete = compose_athlete(today=today, seed=seed, since=since)
    return StravaWorld(athlete.activities, athlete.gear)


def _uploaded_at(outing: Outing) -> datetime:
    return (outing.uploaded_at or outing.end + timedelta(minutes=5)).astimezone(UTC)


def _by_night(history: History) -> list[Outing]:
    """Return runs at the hours at which calendars and clocks change, in the eighth year."""
    year = history.first_day.year + 7
    autumn, spring = _first_sunday(year, 11), _first_sunday(year, 3) + timedelta(days=7)
    runs = []
    for name, day, hour, minute, fold in (
        ("The hour that comes twice", autumn, 1, 20, 1),
        ("The hour that is missing", spring, 1, 40, 0),
        ("Into the new year", date(year, 12, 31), 23, 50, 0),
    ):
        place = history.home(day)
        start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(place.zone), fold=fold)
        # Arithmetic on local times does not know of clocks that change.
        runs.append(Outing(start=start.astimezone(UTC), name=name, place=place))
    return runs


def _first_sunday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=6 - first.weekday())


def _with_old_shapes(rows: list[Row]) -> list[Row]:
    """Return the rows with a few that lack fields, or have null where others have an empty list."""
    by_hand = [at for at, row in enumerate(rows) if row["manual"] and row["sport_type"] in ("Run", "Swim")]
    indoors = [at for at, row in enumerate(rows) if row["trainer"] and row["sport_type"] == "Run"]
    for at in by_hand[:_LACKING_MANUAL_RUNS]:
        rows[at] = {key: value for key, value in rows[at].items() if key not in _LACKING_ONCE}
    for at in indoors[:1]:
        rows[at] = {**rows[at], "start_latlng": None, "end_latlng": None}
    return rows
