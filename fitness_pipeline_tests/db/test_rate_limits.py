"""Rate limits that several processes observe: the later word counts, and usage never goes backwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.rate_limits import find_rate_limits, forget_rate_limits, record_rate_limits
from fitness_pipeline.models import RateLimit, RateLimits
from fitness_pipeline_tests.builders import while_blocked

NOON = datetime(2026, 3, 10, 12, 7, 30, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
NEXT_QUARTER = NOON + timedelta(minutes=10)
NEXT_DAY = NOON + timedelta(days=1)


def limit(quarter_used: int, day_used: int, *, quarter_limit: int = 100, day_limit: int = 1000) -> RateLimit:
    return RateLimit(
        quarter_limit=quarter_limit, day_limit=day_limit, quarter_used=quarter_used, day_used=day_used
    )


def both(quarter_used: int, day_used: int, at: datetime = NOON) -> RateLimits:
    return RateLimits(
        overall=limit(quarter_used + 1, day_used + 1), read=limit(quarter_used, day_used), observed_at=at
    )


@contextmanager
def taken_back(connection: AnyConnection) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        yield


def test_nothing_is_known_at_first(scratch: AnyConnection) -> None:
    assert find_rate_limits("strava", conn=scratch) is None


def test_what_was_said_is_found_again(scratch: AnyConnection) -> None:
    record_rate_limits("strava", both(3, 40), conn=scratch)
    record_rate_limits("hevy", both(5, 50, LATER), conn=scratch)
    assert find_rate_limits("strava", conn=scratch) == both(3, 40)


def test_one_kind_alone_leaves_the_other_as_it_is_known(scratch: AnyConnection) -> None:
    record_rate_limits("strava", replace(both(3, 40), overall=None), conn=scratch)
    assert find_rate_limits("strava", conn=scratch) == replace(both(3, 40), overall=None)
    record_rate_limits("strava", replace(both(5, 50, LATER), read=None), conn=scratch)
    assert find_rate_limits("strava", conn=scratch) == replace(both(5, 50, LATER), read=limit(3, 40))


def test_usage_of_a_kind_that_was_not_spoken_of_ends_with_its_window(scratch: AnyConnection) -> None:
    record_rate_limits("strava", replace(both(3, 40), overall=None), conn=scratch)
    for at, read in ((NEXT_QUARTER, limit(0, 40)), (NEXT_DAY, limit(0, 0))):
        overall = replace(both(5, 50, at), read=None)
        record_rate_limits("strava", overall, conn=scratch)
        assert find_rate_limits("strava", conn=scratch) == replace(overall, read=read)


def test_the_later_observation_wins(scratch: AnyConnection) -> None:
    record_rate_limits("strava", both(3, 40), conn=scratch)
    raised = RateLimits(overall=None, read=limit(4, 41, quarter_limit=300, day_limit=3000), observed_at=LATER)
    for limits in (raised, replace(raised, read=limit(2, 39), observed_at=NOON)):
        record_rate_limits("strava", limits, conn=scratch)
        found = find_rate_limits("strava", conn=scratch)
        assert found is not None
        assert (found.read, found.observed_at) == (raised.read, LATER)


def test_a_reply_that_was_overtaken_does_not_take_usage_back(scratch: AnyConnection) -> None:
    record_rate_limits("strava", both(7, 44, NOON), conn=scratch)
    record_rate_limits("strava", both(6, 43, LATER), conn=scratch)
    assert find_rate_limits("strava", conn=scratch) == both(7, 44, LATER)


def test_a_new_quarter_hour_begins_at_nothing_while_the_day_goes_on(scratch: AnyConnection) -> None:
    record_rate_limits("strava", both(90, 500), conn=scratch)
    record_rate_limits("strava", both(1, 499, NEXT_QUARTER), conn=scratch)
    assert find_rate_limits("strava", conn=scratch) == both(1, 500, NEXT_QUARTER)
    record_rate_limits("strava", both(1, 1, NEXT_DAY), conn=scratch)
    assert find_rate_limits("strava", conn=scratch) == both(1, 1, NEXT_DAY)


@pytest.mark.parametrize(
    ("first", "second"),
    [(both(5, 50), both(6, 51, LATER)), (both(8, 61, LATER), both(7, 60))],
    ids=["in order", "the other way round"],
)
def test_two_at_once_end_with_the_later_one(
    connection: AnyConnection, database_url: str, first: RateLimits, second: RateLimits
) -> None:
    with psycopg.connect(database_url) as holder:
        record_rate_limits("strava", first, conn=holder)
        (waiting,) = while_blocked(holder, lambda: record_rate_limits("strava", second), then=holder.commit)
        waiting.result()
    assert find_rate_limits("strava") == max(first, second, key=lambda said: said.observed_at)


def test_another_application_begins_anew(scratch: AnyConnection) -> None:
    for provider in ("strava", "hevy"):
        record_rate_limits(provider, both(90, 1000), conn=scratch)
    forget_rate_limits("strava", conn=scratch)
    assert find_rate_limits("strava", conn=scratch) is None
    assert find_rate_limits("hevy", conn=scratch) == both(90, 1000)


observations = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one[0],
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(observations)
def test_in_whatever_order_they_are_recorded_the_end_is_the_same(
    scratch: AnyConnection, said: list[tuple[int, int, int]]
) -> None:
    """Five minutes apart, from an hour before midnight."""
    begin = datetime(2026, 3, 10, 23, tzinfo=UTC)
    # Each has limits of its own, to tell whose they are.
    seen = [
        RateLimits(
            overall=None,
            read=limit(quarter, day, quarter_limit=number),
            observed_at=begin + timedelta(minutes=5 * number),
        )
        for number, quarter, day in said
    ]
    latest = max(seen, key=lambda one: one.observed_at)
    quarters = [one.read for one in seen if _quarter(one) == _quarter(latest)]
    days = [one.read for one in seen if one.observed_at.date() == latest.observed_at.date()]
    with taken_back(scratch):
        for one in seen:
            record_rate_limits("strava", one, conn=scratch)
        found = find_rate_limits("strava", conn=scratch)
    assert latest.read is not None
    assert found == replace(
        latest,
        read=replace(
            latest.read,
            quarter_used=max(one.quarter_used for one in quarters if one is not None),
            day_used=max(one.day_used for one in days if one is not None),
        ),
    )


def _quarter(limits: RateLimits) -> tuple[datetime, int]:
    at = limits.observed_at
    return at.replace(minute=0), at.minute // 15
