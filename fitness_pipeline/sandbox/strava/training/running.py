"""How a run comes about: which kind, how far, how fast."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from fitness_pipeline.sandbox.serving.chance import between, pick, weighted
from fitness_pipeline.sandbox.strava import places
from fitness_pipeline.sandbox.strava.outings import Outing, Recorder, Visibility
from fitness_pipeline.sandbox.strava.places import Place
from fitness_pipeline.sandbox.strava.training.history import History, race_kilometres
from fitness_pipeline.sandbox.strava.training.wardrobe import Use, choose

_SHARE_BY_WEEKDAY = (0.15, 0.41, 0.2, 0.37, 0.1, 0.3, 0.56)
_WINTER = (12, 1, 2)
_SLOWER_BY_HEAT = {6: 5, 7: 12, 8: 10}  # seconds a kilometre
_RACES = {
    5.0: "Independence Day 5K",
    10.0: "Turkey Trot 10K 🦃",
    21.0975: "Half Marathon",
    42.195: "Marathon!",
}
_REMARKS = ("Legs like lead", "Run with Zoë", "6 x 800 m", "Too hot", "New shoes!", "朝ラン", "Lake loop")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of run.

    Attributes:
        kilometres: from how many to how many.
        slower: seconds a kilometre more than an easy run.
        heartrate: about how many beats a minute.
        hours: when it begins, on the local clock.
    """

    kilometres: tuple[float, float]
    slower: float
    heartrate: float
    workout_type: int | None
    hours: tuple[int, ...]
    sport_type: str = "Run"
    use: Use = "road"
    is_trainer: bool = False


_EASY = _Kind((5, 10.5), 0, 142, 0, (6, 6, 7, 12, 17, 18))
_LONG = _Kind((12, 20), 16, 147, 2, (7, 8, 9))
_WORKOUT = _Kind((7, 12), -22, 159, 3, (6, 17, 18, 19))
_RACE = _Kind((5, 5), -50, 171, 1, (8,), use="race")
_TRAIL = _Kind((7, 17), 85, 146, None, (8, 9, 10, 16), "TrailRun", "trail")
_TREADMILL = _Kind((4, 8), 6, 145, 0, (6, 12, 18, 20), is_trainer=True)
_VIRTUAL = _Kind((5, 9), 2, 149, None, (18, 19, 20), "VirtualRun")


def compose_run(random: Random, history: History, day: date) -> Outing | None:
    """Return the run of a day, or None when there is none.

    Args:
        random: decides; a day uses as much of it as it likes.
        history: where and how fit the athlete was.
        day: on the local calendar.
    """
    race = race_kilometres(day) if history.eagerness(day) > 0.1 else None
    share = _SHARE_BY_WEEKDAY[day.weekday()] * history.eagerness(day)
    if race is None and random.random() > share:
        return None
    place, progress = history.place(day), history.progress(day)
    kind = _RACE if race else _kind(random, place, day, progress)
    recorder = _recorder(random, kind, progress)
    metres = round(1000 * (race or between(random, *kind.kilometres)), 1)
    if race:
        metres = round(metres * between(random, 1.002, 1.012), 1)  # nobody runs the shortest line
    moving = int(metres / 1000 * (_pace(day, progress) + kind.slower + between(random, -12, 12)))
    pause = int(between(random, 5, 240)) if random.random() < 0.45 and not race else int(random.random() * 4)
    if recorder is None:
        metres, moving, pause = round(metres / 100) * 100.0, moving // 30 * 30, 0
    average, highest = _heart_rate(random, kind, recorder)
    is_indoors = kind.is_trainer
    start = _start(random, day, place, kind.hours)
    is_wrong = is_indoors and place is places.ATLANTA and random.random() < 0.25
    return Outing(
        start=start,
        sport_type=kind.sport_type,
        distance_metres=metres,
        elapsed_seconds=moving + pause,
        moving_seconds=moving,
        name=_RACES[race] if race else (pick(random, _REMARKS) if random.random() < 0.12 else None),
        place=place,
        guessed_zone=pick(random, places.WRONG_GUESSES) if is_wrong else None,
        recorder=recorder,
        is_trainer=is_indoors,
        visibility=_visibility(random),
        gear_id=None if random.random() < 0.06 else choose(random, kind.use, progress),
        workout_type=None if kind is _EASY and random.random() < 0.15 else kind.workout_type,
        average_heartrate=average,
        max_heartrate=highest,
        cadence=round(between(random, 74, 84), 1) if recorder == "garmin" else None,
        celsius=_celsius(random, day, is_indoors) if recorder == "garmin" else None,
        climbed_metres=float(round(metres * between(random, 0.002, 0.005) * (6 if kind is _TRAIL else 1))),
        uploaded_at=_uploaded_at(random, start + timedelta(seconds=moving + pause)),
    )


def _kind(random: Random, place: Place, day: date, progress: float) -> _Kind:
    if place in (places.BOULDER, places.AUCKLAND) and random.random() < 0.5:
        return _TRAIL
    if day.month in _WINTER and place in (places.CHICAGO, places.ATLANTA):
        virtual = 0.2 if progress > 0.55 else 0.0
        return weighted(random, ((_TREADMILL, 0.32), (_VIRTUAL, virtual), (_EASY, 0.5), (_LONG, 0.08)))
    if day.weekday() == 6:
        return weighted(random, ((_LONG, 0.75), (_TRAIL, 0.1), (_EASY, 0.15)))
    if day.weekday() == 5:
        return weighted(random, ((_EASY, 0.6), (_TRAIL, 0.3), (_LONG, 0.1)))
    return weighted(random, ((_EASY, 0.7), (_WORKOUT, 0.24), (_TREADMILL, 0.06)))


def _pace(day: date, progress: float) -> float:
    """Return seconds a kilometre of an easy run: faster with the years, slower in the heat."""
    return 384 - 52 * progress + 18 * progress * progress + _SLOWER_BY_HEAT.get(day.month, 0)


def _recorder(random: Random, kind: _Kind, progress: float) -> Recorder | None:
    chance = random.random()
    if chance < 0.025:
        return None
    if kind is _VIRTUAL:
        return "zwift"
    return "phone" if progress < 0.14 or chance < 0.06 else "garmin"


def _heart_rate(
    random: Random, kind: _Kind, recorder: Recorder | None
) -> tuple[float, float] | tuple[None, None]:
    average = round(kind.heartrate + between(random, -9, 9), 1)
    highest = float(round(average + between(random, 8, 24)))
    if recorder not in ("garmin", "zwift") or random.random() < 0.07:
        return None, None
    return average, highest


def _visibility(random: Random) -> Visibility:
    return weighted(random, (("everyone", 0.9), ("followers_only", 0.06), ("only_me", 0.04)))


def _celsius(random: Random, day: date, is_indoors: bool) -> int:
    if is_indoors:
        return int(between(random, 22, 28))
    # Warm in July, cold in January; a watch adds some of its wearer's warmth.
    return int(between(random, -2, 8) + 28 * (1 - abs(day.month - 7) / 6))


def _start(random: Random, day: date, place: Place, hours: tuple[int, ...]) -> datetime:
    hour, minute, second = pick(random, hours), int(random.random() * 60), int(random.random() * 60)
    start = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZoneInfo(place.zone))
    # Arithmetic on local times does not know of clocks that change.
    return start.astimezone(UTC)


def _uploaded_at(random: Random, end: datetime) -> datetime:
    """Return when Strava got it: mostly at once, sometimes when the watch was found again."""
    late = random.random() < 0.02
    return end + (timedelta(days=between(random, 1, 11)) if late else timedelta(minutes=4))
