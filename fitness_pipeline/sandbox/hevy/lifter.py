"""A lifter who does not exist, with three years of training; equal arguments give equal rows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from fitness_pipeline.sandbox.hevy.ids import uuid_of
from fitness_pipeline.sandbox.hevy.rows import Row, compose_row, updated_at
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.training.diary import compose_session
from fitness_pipeline.sandbox.hevy.training.movements import compose_templates
from fitness_pipeline.sandbox.hevy.training.programme import Programme
from fitness_pipeline.sandbox.hevy.training.quirks import with_quirks
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.chance import between

FIRST_DAY = date(2023, 9, 1)  # a fixed one: else the oldest workout would vanish every day


@dataclass(frozen=True, slots=True)
class Lifter:
    """What Hevy has of a lifter.

    Attributes:
        workouts: rows, in the order of their last change.
        templates: rows of the exercises that were not deleted since.
        deletions: ids of workouts that were begun by mistake, and when they were deleted.
    """

    workouts: list[Row]
    templates: list[Row]
    deletions: list[tuple[str, datetime]]


def compose_lifter(*, today: date, seed: int = 7, since: date = FIRST_DAY) -> Lifter:
    """Return a lifter, about 150 workouts a year.

    Another day as `today` adds workouts and changes none, so that whoever has read them reads on.

    Args:
        today: a day in UTC; what was logged before it is there.
        seed: another one gives another training.
        since: the first day of the history.
    """
    programme = Programme(since)
    now = datetime.combine(today, time(), UTC)
    workouts: list[Row] = []
    deletions: list[tuple[str, datetime]] = []
    number = 0
    for days in range((today - since).days):
        day = since + timedelta(days=days)
        random = Random(seed * 10_000_000 + day.toordinal())  # noqa: S311 - nothing secret
        session = compose_session(random, programme, day)
        if session is None:
            continue
        number += 1
        row = _logged(random, session, uuid_of(f"lifter {seed} {day}"))
        row = with_quirks(random, row, number=number, weeks=programme.weeks(day))
        if updated_at(row) < now:
            workouts.append(row)
        if random.random() < 0.02:
            deletions.append((uuid_of(f"mistake {seed} {day}"), session.start - timedelta(minutes=2)))
    workouts.sort(key=updated_at)
    return Lifter(workouts, compose_templates(), [(one, at) for one, at in deletions if at < now])


def generated_world(*, today: date, seed: int = 7, since: date = FIRST_DAY) -> HevyWorld:
    """Return a world with such a lifter; see `compose_lifter`."""
    lifter = compose_lifter(today=today, seed=seed, since=since)
    return HevyWorld(lifter.workouts, lifter.templates, lifter.deletions)


def _logged(random: Random, session: Session, workout_id: str) -> Row:
    """Return the row of a session, which is logged at its end, or days later, and sometimes corrected."""
    created = session.end + timedelta(seconds=between(random, 5, 200))
    if random.random() < 0.02:
        created += timedelta(days=between(random, 1, 5))
    corrected = created + timedelta(minutes=between(random, 1, 40)) if random.random() < 0.25 else None
    return compose_row(session, workout_id, created_at=created, updated_at=corrected)
