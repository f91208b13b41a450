"""What the athlete does besides running."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from zoneinfo import ZoneInfo

from fitness_pipeline.sandbox.serving.chance import between, pick
from fitness_pipeline.sandbox.strava import places
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.places import Place
from fitness_pipeline.sandbox.strava.training.history import History
from fitness_pipeline.sandbox.strava.training.wardrobe import choose

_WARM = range(4, 11)
_LEISURE = ("Walk", "Hike", "Yoga", "Walk")
_RACKET, _UNHEARD_OF = "Padel", "Floorball"  # the API description lists the first, nobody lists the second


def compose_others(random: Random, history: History, day: date) -> Iterator[Outing]:
    """Yield what a day brings besides a run.

    Args:
        random: decides.
        history: where the athlete was.
        day: on the local calendar.
    """
    progress, eagerness, place = history.progress(day), history.eagerness(day), history.place(day)
    if random.random() < (0.15 if day.weekday() >= 5 else 0.09) * eagerness * (day.month in _WARM):
        yield _ride(random, place, day, progress)
    if random.random() < 0.034 * eagerness:
        yield _swim(random, place, day)
    if progress > 0.2 and random.random() < (0.065 if day.month not in _WARM else 0.035):
        yield _weights(random, place, day)
    if random.random() < 0.022:
        yield _leisure(random, place, day, pick(random, _LEISURE))
    if progress > 0.8 and random.random() < 0.02:
        yield _match(random, place, day, _RACKET)
    if progress > 0.85 and random.random() < 0.01:
        yield _match(random, place, day, _UNHEARD_OF)


def _at(random: Random, place: Place, day: date, hour: int) -> datetime:
    minute = int(random.random() * 60)
    start = datetime(day.year, day.month, day.day, hour, minute, minute, tzinfo=ZoneInfo(place.zone))
    return start.astimezone(UTC)


def _ride(random: Random, place: Place, day: date, progress: float) -> Outing:
    is_commute = day.weekday() < 5 and random.random() < 0.5
    kilometres = between(random, 6, 11) if is_commute else between(random, 18, 70)
    moving = int(kilometres * between(random, 125, 155))
    is_gravel = progress > 0.45 and not is_commute and random.random() < 0.3
    return Outing(
        start=_at(random, place, day, 7 if is_commute else 14),
        sport_type="GravelRide" if is_gravel else "Ride",
        distance_metres=round(kilometres * 1000, 1),
        elapsed_seconds=moving + int(between(random, 0, 900)),
        moving_seconds=moving,
        place=place,
        recorder="phone" if progress < 0.14 else "garmin",
        is_commute=is_commute,
        gear_id=choose(random, "bike", progress),
        workout_type=None if random.random() < 0.4 else 10,
        average_heartrate=round(between(random, 112, 140), 1) if progress >= 0.14 else None,
        max_heartrate=float(round(between(random, 150, 170))) if progress >= 0.14 else None,
        celsius=int(between(random, 14, 30)) if progress >= 0.14 else None,
        climbed_metres=float(round(kilometres * between(random, 2, 9))),
    )


def _swim(random: Random, place: Place, day: date) -> Outing:
    lengths = int(between(random, 30, 90))
    seconds = int(lengths * between(random, 29, 38))
    is_wrong = place is places.ATLANTA and random.random() < 0.6
    return Outing(
        start=_at(random, place, day, 12),
        sport_type="Swim",
        name="Lap Swim" if random.random() < 0.6 else None,
        distance_metres=lengths * 25.0,
        elapsed_seconds=seconds + int(between(random, 0, 200)),
        moving_seconds=seconds,
        place=place,
        guessed_zone=pick(random, places.WRONG_GUESSES) if is_wrong else None,
        recorder=None if random.random() < 0.2 else "garmin",
        is_trainer=True,
    )


def _weights(random: Random, place: Place, day: date) -> Outing:
    is_by_hand = random.random() < 0.5
    heartrate = None if is_by_hand else round(between(random, 92, 118), 1)
    return Outing(
        start=_at(random, place, day, 21),
        sport_type="WeightTraining",
        distance_metres=0.0,
        elapsed_seconds=int(between(random, 900, 3600)),
        place=place,
        recorder=None if is_by_hand else "garmin",
        is_trainer=not is_by_hand,
        visibility="only_me" if random.random() < 0.4 else "everyone",
        average_heartrate=heartrate,
        max_heartrate=None if heartrate is None else float(round(heartrate + 30)),
        celsius=None if is_by_hand else 24,
    )


def _leisure(random: Random, place: Place, day: date, sport_type: str) -> Outing:
    hours = between(random, 0.5, 3.0 if sport_type == "Hike" else 1.1)
    return Outing(
        start=_at(random, place, day, 15),
        sport_type=sport_type,
        distance_metres=0.0 if sport_type == "Yoga" else round(hours * between(random, 4200, 5200), 1),
        elapsed_seconds=int(hours * 3600),
        place=place,
        recorder="phone",
        visibility="followers_only" if random.random() < 0.2 else "everyone",
        climbed_metres=float(round(hours * 120)) if sport_type == "Hike" else 0.0,
    )


def _match(random: Random, place: Place, day: date, sport_type: str) -> Outing:
    return Outing(
        start=_at(random, place, day, 20),
        sport_type=sport_type,
        distance_metres=round(between(random, 0, 2500), 1) if sport_type == _RACKET else 0.0,
        elapsed_seconds=int(between(random, 3000, 5400)),
        place=place,
        is_trainer=True,
        average_heartrate=round(between(random, 118, 139), 1),
        max_heartrate=float(round(between(random, 160, 178))),
    )
