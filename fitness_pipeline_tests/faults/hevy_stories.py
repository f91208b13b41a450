"""A lifter with some workouts, and what happens between two syncs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any

from fitness_pipeline.sandbox.hevy.ids import uuid_of
from fitness_pipeline.sandbox.hevy.rows import Row, compose_row
from fitness_pipeline.sandbox.hevy.sessions import Exercise, ExerciseSet, Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.hevy import COUNT, EVENTS, LIST, TEMPLATES
from fitness_pipeline_tests.moments import NOW

WORKOUTS = 23
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BENCH_PRESS, SQUAT, LOST, MINE, OURS = "79D0BB3A", "D04AC939", "own-lost", "own-mine", "own-ours"
# More than a page of them.
TEMPLATE_IDS = (BENCH_PRESS, SQUAT, *(f"{number:08X}" for number in range(101)))
WITH_NUL, WITHOUT_START = 3, 4


def id_of(number: int) -> str:
    """The id of one of the first workouts; 0 is the newest."""
    return uuid_of(f"workout {number} of a story")


def first_world() -> HevyWorld:
    """A Hevy with them, long before anybody asks; one cannot be stored, and another is no lift."""
    return HevyWorld(_first_rows(), (template(template_id) for template_id in TEMPLATE_IDS))


def template(template_id: str, title: str = "An exercise") -> Row:
    """A template as the API sends it."""
    return {
        "id": template_id,
        "title": title,
        "type": "weight_reps",
        "primary_muscle_group": "chest",
        "secondary_muscle_groups": ["triceps", "shoulders"],
        "is_custom": template_id.startswith("own"),
    }


def session(start: datetime, *template_ids: str, weight_kg: float = 60.0, title: str = "Push Day") -> Session:
    """A session with a warm-up and a work set of each exercise."""
    sets = (ExerciseSet(20, 12, "warmup"), ExerciseSet(weight_kg, 8, rpe=8.5))
    exercises = tuple(
        Exercise("An exercise", sets, template_id=template_id) for template_id in template_ids or (SQUAT,)
    )
    return Session(start=start, title=title, exercises=exercises)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A sync, and what happened since the one before.

    Attributes:
        wanted: what it is to read.
        is_first: whether nothing was synced before.
        later: how long after the beginning it is.
        happen: changes the world, at times that it sets the clock to.
        requests: the paths that are asked for if nothing goes wrong; `*` stands for an id.
    """

    wanted: dict[str, Any]
    is_first: bool = False
    later: timedelta
    happen: Callable[[HevyWorld, SettableClock], None]
    requests: tuple[str, ...]

    @property
    def news(self) -> int:
        """How many of them come first, to read the feed."""
        return len(list(takewhile(lambda path: path in (EVENTS, ONE), self.requests)))


def live_on(world: HevyWorld, clock: SettableClock) -> None:
    """An evening in which everything happens that an incremental sync has to see."""
    workouts = world.workouts
    clock.now = NOW + timedelta(hours=3)
    for number in range(9):
        clock.advance(MINUTE)
        workouts.edit(id_of(6), title=f"Edit {number}")
    workouts.edit(id_of(1), title="In other words", description="tired")
    workouts.edit(id_of(2), exercises=compose_row(session(NOW, BENCH_PRESS), "", created_at=NOW)["exercises"])
    workouts.edit(id_of(WITH_NUL), title="Readable")
    workouts.edit(id_of(WITHOUT_START), start_time="2026-03-05T20:00:00Z")
    workouts.edit(id_of(11), start_time=None)
    workouts.edit(id_of(12), title="No text\0for Postgres")
    clock.advance(MINUTE)
    workouts.delete(id_of(7))
    workouts.delete(id_of(8), tells_when=False)
    workouts.edit(id_of(9), title="Not for long")
    clock.advance(MINUTE)
    workouts.delete(id_of(9))
    row = workouts.delete(id_of(10))
    clock.advance(MINUTE)
    workouts.put(row)
    # Above one that bears an old time, so it seems older than the one before.
    workouts.edit(id_of(1), title="In other words again", updated_at=None)
    world.templates.put(template(MINE, "My exercise"))
    world.templates.put(template(OURS, "Our exercise"))
    workouts.add(session(NOW, SQUAT, MINE))
    workouts.add(session(NOW - DAY, OURS))
    workouts.add(session(NOW, title="No text\0either"))
    workouts.delete(workouts.add(session(NOW)))


def live_on_for_days(world: HevyWorld, clock: SettableClock) -> None:
    """As that evening, and things that only a listing finds: those that the feed forgot, and a new name."""
    workouts = world.workouts
    clock.now = NOW + timedelta(hours=2)
    workouts.add(session(NOW - 40 * DAY))
    long_ago = NOW - 41 * DAY  # on the last page
    workouts.put(compose_row(session(long_ago), id_of(WORKOUTS), created_at=long_ago))
    workouts.delete(id_of(20))
    workouts.edit(id_of(21), title="Edited unseen")
    workouts.forget_events(NOW + timedelta(hours=3))
    world.templates.rename(SQUAT, "Back Squat")
    live_on(world, clock)


ONE, ONE_TEMPLATE = f"{LIST}/*", f"{TEMPLATES}/*"

FIRST = Story(
    wanted={},
    is_first=True,
    later=timedelta(),
    happen=lambda world, clock: None,
    requests=(*3 * (LIST,), EVENTS, COUNT, *2 * (TEMPLATES,), ONE_TEMPLATE),
)
INCREMENTAL = Story(
    wanted={},
    later=DAY,
    happen=live_on,
    requests=(*3 * (EVENTS,), *2 * (ONE,), *2 * (ONE_TEMPLATE,)),
)
WEEKLY = Story(
    wanted={"checks_count": True},
    later=8 * DAY,
    happen=live_on_for_days,
    requests=(
        *(*3 * (EVENTS,), *2 * (ONE,), COUNT),
        *(*3 * (LIST,), ONE, EVENTS, COUNT),
        *(*2 * (TEMPLATES,), ONE_TEMPLATE),
    ),
)


@cache
def _first_rows() -> list[Row]:
    rows = []
    for number in reversed(range(WORKOUTS)):
        at = NOW - timedelta(hours=5) - number * DAY
        chosen = (SQUAT, LOST) if number == 5 else (BENCH_PRESS, SQUAT)[: 1 + number % 2]
        rows.append(compose_row(session(at, *chosen, weight_kg=60.0 + number), id_of(number), created_at=at))
    rows[-1 - WITH_NUL]["title"] = "No text\0for Postgres"
    rows[-1 - WITHOUT_START]["start_time"] = "in the evening"
    return rows
