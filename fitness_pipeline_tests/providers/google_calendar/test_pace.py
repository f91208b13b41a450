"""No more calls are made in any minute than Google allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.providers.google_calendar.pace import CALLS_PER_MINUTE, Pace

ALLOWED = 600  # in any minute (contract)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_as_long_as_there_is_room_nobody_waits(clock: Clock) -> None:
    pace = Pace(clock)
    for _ in range(CALLS_PER_MINUTE // 50):
        assert pace.seconds_to_wait(50) == 0
        pace.record(50)


def test_who_comes_when_it_is_full_waits_until_enough_of_the_first_are_a_minute_old(clock: Clock) -> None:
    pace = Pace(clock)
    pace.record(50)
    clock.now += 10
    pace.record(CALLS_PER_MINUTE - 50)
    clock.now += 10
    assert pace.seconds_to_wait(50) == 40
    assert pace.seconds_to_wait(51) == 50
    clock.now += 40
    assert pace.seconds_to_wait(50) == 0


def test_more_calls_than_fit_into_a_minute_wait_for_an_empty_one(clock: Clock) -> None:
    pace = Pace(clock)
    assert pace.seconds_to_wait(1000) == 0
    pace.record(1000)
    assert pace.seconds_to_wait(1) == 60


@given(st.lists(st.tuples(st.floats(0, 90), st.integers(1, CALLS_PER_MINUTE)), max_size=40))
def test_whoever_waits_as_told_stays_within_what_is_allowed(batches: list[tuple[float, int]]) -> None:
    clock = Clock()
    pace = Pace(clock)
    made: list[tuple[float, int]] = []
    for later, calls in batches:
        clock.now += later
        clock.now += pace.seconds_to_wait(calls)
        pace.record(calls)
        made.append((clock.now, calls))
        assert sum(count for at, count in made if at > clock.now - 59.999) <= ALLOWED
