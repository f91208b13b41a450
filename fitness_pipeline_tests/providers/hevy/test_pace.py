"""Requests are kept apart."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from fitness_pipeline.providers.hevy.pace import APART_SECONDS, Pace
from fitness_pipeline.sandbox.serving.clock import SettableClock

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOW)


def waits(pace: Pace, clock: SettableClock, *passed: float) -> Iterator[float]:
    for seconds in passed:
        slept: list[float] = []
        clock.advance(timedelta(seconds=seconds))
        pace.wait(clock, slept.append)
        yield round(sum(slept), 6)


def test_the_first_request_does_not_wait_and_others_wait_for_what_is_left(clock: SettableClock) -> None:
    assert list(waits(Pace(), clock, 0, 0.05, 0.55, 3)) == [0, 0.5, 0, 0]


def test_a_clock_that_was_put_back_does_not_stop_everything(clock: SettableClock) -> None:
    assert list(waits(Pace(), clock, 0, -86400, 1)) == [0, APART_SECONDS, 0]


def test_threads_keep_one_pace(clock: SettableClock) -> None:
    pace, sent = Pace(), []

    def ask(_: int) -> None:
        pace.wait(clock, lambda seconds: clock.advance(timedelta(seconds=seconds)))
        sent.append(clock())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(20)))
    assert clock() - NOW == 19 * timedelta(seconds=APART_SECONDS)
    assert len(sent) == 20


def test_no_second_has_more_than_two_requests(clock: SettableClock) -> None:
    pace, sent = Pace(), []
    for _ in range(20):
        pace.wait(clock, lambda seconds: clock.advance(timedelta(seconds=seconds)))
        sent.append(clock())
    assert all(third - first > timedelta(seconds=1) for first, third in zip(sent, sent[2:], strict=False))
    assert all(later > earlier for earlier, later in pairwise(sent))
