"""A sync that is killed, again and again, or that somebody else does at the same time, ends like one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.sandbox.serving.faults import Hold, Moment
from fitness_pipeline_tests.faults.endings import Ending, differences, ending_of
from fitness_pipeline_tests.faults.forks import Forks, forking
from fitness_pipeline_tests.faults.hevy_lives import Beginning, Life, assert_all_is_here
from fitness_pipeline_tests.faults.hevy_stories import BENCH_PRESS, FIRST, SQUAT, session, template
from fitness_pipeline_tests.faults.kills import Killer

SEED = 20260310
ROUNDS, ROUNDS_AT_ONCE = 18, 6
BETWEEN_ROUNDS = timedelta(days=8)  # so that templates are asked for again
Kind = tuple[dict[str, bool], int]
# Each with about the fewest statements that it takes.
KINDS: tuple[Kind, ...] = (
    ({}, 90),
    ({"checks_count": True}, 150),
    ({"is_full": True}, 125),
)


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Starts syncs as processes."""
    with forking() as started:
        yield started


@dataclass(frozen=True)
class Round:
    """A sync in which nothing went wrong.

    Attributes:
        requests: how many it made.
        ending: what the database held then.
    """

    requests: int
    ending: Ending


@pytest.fixture(scope="module")
def known_rounds() -> list[Round]:
    """What there is to be after each round."""
    return []


@pytest.fixture
def undisturbed(begin_with_hevy: Beginning, known_rounds: list[Round]) -> list[Round]:
    """The same, found out if it is not known yet."""
    if not known_rounds:
        with begin_with_hevy(FIRST) as life:
            for number in range(ROUNDS):
                live_on(life, number)
                life.sandbox.log.clear()
                wanted, _ = KINDS[number % len(KINDS)]
                assert life.attempt(**wanted).error is None
                known_rounds.append(Round(life.sandbox.log.count(), ending_of(life.connection)))
    return known_rounds


def test_thirty_six_kills_change_nothing(
    begin_with_hevy: Beginning, forks: Forks, undisturbed: list[Round]
) -> None:
    random = Random(SEED)  # noqa: S311 - nothing secret
    with begin_with_hevy(FIRST) as life:
        for number, expected in enumerate(undisturbed):
            live_on(life, number)
            wanted, statements = KINDS[number % len(KINDS)]
            killer = Killer(forks, life.sandbox, partial(forks.start, "hevy", life.clock(), **wanted))
            moment: Moment = random.choice(["before", "after"])
            kills = [
                partial(killer.at_request, random.randint(1, expected.requests), moment),
                partial(killer.at_statement, random.randint(1, statements)),
            ]
            for kill in random.sample(kills, 2):
                kill()
            killer.spare()
            assert_all_is_here(life)
            assert differences(ending_of(life.connection), expected.ending) == {}, f"round {number}"


def test_two_syncs_at_once_end_like_one(
    begin_with_hevy: Beginning, forks: Forks, undisturbed: list[Round]
) -> None:
    with begin_with_hevy(FIRST) as life:
        for number, expected in enumerate(undisturbed[:ROUNDS_AT_ONCE]):
            live_on(life, number)
            wanted, _ = KINDS[number % len(KINDS)]
            hold = Hold()
            life.sandbox.faults.order(hold)
            pids = [forks.start("hevy", life.clock(), **wanted) for _ in range(2)]
            while not fetch_value(life.connection, "select count(*) from pg_locks where not granted"):
                pass
            hold.release()
            assert [forks.wait(pid)[0] for pid in pids] == [0, 0]
            assert_all_is_here(life)
            assert differences(ending_of(life.connection), expected.ending) == {}, f"round {number}"


def live_on(life: Life, number: int) -> None:
    """What happens before a round."""
    if number == 0:
        return
    random = Random(number)  # noqa: S311 - nothing secret
    life.clock.advance(BETWEEN_ROUNDS)
    workouts, templates = life.world.workouts, life.world.templates
    mine = f"own-{number}"
    if number % 4:
        templates.put(template(mine, f"Exercise {number}"))
    for _ in range(4):
        start = life.clock() - timedelta(hours=random.randint(1, 150))
        workouts.add(session(start, *random.choice([(SQUAT,), (BENCH_PRESS, SQUAT), (mine,)])))
    if number % len(KINDS) == 1:
        # Only the count shows what happened so far.
        workouts.delete(random.choice(workouts.ids()[4:]))
        life.clock.advance(timedelta(minutes=1))
        workouts.forget_events(life.clock())
    elif number % len(KINDS) == 2:
        templates.rename(SQUAT, f"Squat {number}")
    for workout_id in random.sample(workouts.ids(), 6):
        life.clock.advance(timedelta(minutes=1))
        workouts.edit(workout_id, title=random.choice(["Legs", "Arms", "No\0text"]), description=f"{number}")
    for is_told in (True, False):
        workouts.delete(random.choice(workouts.ids()), tells_when=is_told)
    row = workouts.delete(random.choice(workouts.ids()))
    life.clock.advance(timedelta(minutes=1))
    workouts.put(row)
