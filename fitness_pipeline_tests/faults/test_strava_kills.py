"""A sync that is killed, again and again, or that somebody else does at the same time, ends like one."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from random import Random

import pytest

from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.sandbox.serving.faults import Hold, Moment
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.strava_access import StravaAccess
from fitness_pipeline_tests.faults.endings import Ending, assert_whole, differences, ending_of
from fitness_pipeline_tests.faults.forks import Forks, forking
from fitness_pipeline_tests.faults.kills import Killer
from fitness_pipeline_tests.faults.strava_lives import Beginning, Life
from fitness_pipeline_tests.faults.strava_stories import FIRST
from fitness_pipeline_tests.strava import LIST

SEED = 20260310
ROUNDS, ROUNDS_AT_ONCE = 25, 8
BETWEEN_ROUNDS = timedelta(days=8)  # so that gear is asked for again
MOST_REQUESTS, USUAL_STATEMENTS = 6, 250


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Starts syncs as processes."""
    with forking() as started:
        yield started


@pytest.fixture(scope="module")
def known_endings() -> list[Ending]:
    """What a database holds after each round if nothing goes wrong."""
    return []


@pytest.fixture
def undisturbed(begin: Beginning, known_endings: list[Ending]) -> list[Ending]:
    """The same, found out if it is not known yet."""
    if not known_endings:
        with begin(FIRST) as life:
            for number in range(ROUNDS):
                live_on(life, number)
                assert life.attempt(is_full=is_full(number)).error is None
                known_endings.append(ending_of(life.connection))
    return known_endings


def test_fifty_kills_change_nothing(begin: Beginning, forks: Forks, undisturbed: list[Ending]) -> None:
    random = Random(SEED)  # noqa: S311 - nothing secret
    statements = USUAL_STATEMENTS
    with begin(FIRST) as life:
        for number, expected in enumerate(undisturbed):
            live_on(life, number)
            # A new refresh token that is lost with the process is lost for good, see `StravaAccess`.
            StravaAccess(load_settings(), clock=life.clock).token()
            start = partial(forks.start, "strava", life.clock(), is_full=is_full(number))
            killer = Killer(forks, life.sandbox, start)
            moment: Moment = random.choice(["before", "after"])
            killer.at_request(random.randint(1, MOST_REQUESTS), moment)
            killer.at_statement(random.randint(1, statements))
            statements = killer.spare()
            assert_whole(life.connection)
            assert differences(ending_of(life.connection), expected) == {}, f"round {number}"


def test_two_syncs_at_once_end_like_one(begin: Beginning, forks: Forks, undisturbed: list[Ending]) -> None:
    with begin(FIRST) as life:
        for number, expected in enumerate(undisturbed[:ROUNDS_AT_ONCE]):
            live_on(life, number)
            life.sandbox.log.clear()
            hold = Hold()
            life.sandbox.faults.order(hold, path=LIST)
            pids = [forks.start("strava", life.clock(), is_full=is_full(number)) for _ in range(2)]
            while not fetch_value(life.connection, "select count(*) from pg_locks where not granted"):
                pass
            hold.release()
            assert [forks.wait(pid)[0] for pid in pids] == [0, 0]
            assert life.sandbox.log.count("/oauth/token") == 1
            assert_whole(life.connection)
            # The one may make runs before the other knows their shoes.
            found = ending_of(life.connection)
            assert differences(found, expected, with_steps=False) == {}, f"round {number}"


def is_full(number: int) -> bool:
    """Whether the syncs of a round read everything."""
    return number % 2 == 0


def live_on(life: Life, number: int) -> None:
    """What happens before a round."""
    life.sandbox.limits.overall = life.sandbox.limits.read = Limit(10**6, 10**6)
    if number == 0:
        return
    random = Random(number)  # noqa: S311 - nothing secret
    life.clock.advance(BETWEEN_ROUNDS)
    activities = life.world.activities
    for _ in range(3):
        gear_id = random.choice([None, "g1", "g2", f"g{10 + number}"])
        activities.add(Outing(start=life.clock() - timedelta(hours=random.randint(1, 150)), gear_id=gear_id))
    life.world.gear.put(Gear(id=f"g{10 + number}", brand="Hoka", model=f"Mach {number}"))
    life.world.gear.retire("g2", is_retired=number % 4 == 0)
    for row in random.sample(activities.rows(), 4):
        activities.edit(row["id"], distance_metres=random.uniform(1000, 20000))
    latest, *_, changing = random.sample(activities.rows()[:12], 5)
    activities.delete(latest["id"])
    is_ride = changing["sport_type"] == "Ride"
    activities.edit(changing["id"], sport_type="Run" if is_ride else "Ride")
