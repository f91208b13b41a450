"""How much may still be asked: what the headers say, what is left of it, and how long to wait."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.models import RateLimit, RateLimits
from fitness_pipeline.providers.strava.rate_limits import (
    DAY,
    QUARTER_HOUR,
    Remaining,
    Wait,
    find_wait,
    next_quarter_hour,
    read_rate_limits,
    remaining,
)
from fitness_pipeline_tests.moments import NOW

QUARTER_PAST = NOW.replace(minute=15, second=0)
MIDNIGHT = datetime(2026, 3, 11, tzinfo=UTC)
DOCUMENTED = {
    "X-RateLimit-Limit": "200,2000",
    "X-RateLimit-Usage": "70,303",
    "X-ReadRateLimit-Limit": "100,1000",
    "X-ReadRateLimit-Usage": "69,300",
}
UNDERSTOOD = RateLimits(
    overall=RateLimit(quarter_limit=200, day_limit=2000, quarter_used=70, day_used=303),
    read=RateLimit(quarter_limit=100, day_limit=1000, quarter_used=69, day_used=300),
    observed_at=NOW,
)
CASES = {"as documented": str, "as on the wire": str.title, "small": str.lower, "large": str.upper}
MALFORMED = [
    "",
    "100",
    "100,",
    "100,1000,5",
    "a,b",
    "-1,5",
    "1.5,2",
    "٣,٤",
    "1e3,2",
    "9999999999,1",
    ",",
    "1 2",
]


def used(quarter: int, day: int, *, limit: tuple[int, int] = (100, 1000)) -> RateLimits:
    """Limits of one kind, observed now."""
    read = RateLimit(quarter_limit=limit[0], day_limit=limit[1], quarter_used=quarter, day_used=day)
    return RateLimits(overall=None, read=read, observed_at=NOW)


counts = st.integers(0, 3000)
rate_limits = st.builds(
    RateLimit, quarter_limit=counts, day_limit=counts, quarter_used=counts, day_used=counts
)
instants = st.integers(0, 2 * 24 * 60 * 60).map(lambda seconds: NOW + timedelta(seconds=seconds))
observations = st.one_of(
    st.builds(RateLimits, overall=rate_limits, read=rate_limits, observed_at=instants),
    st.builds(RateLimits, overall=st.none(), read=rate_limits, observed_at=instants),
    st.builds(RateLimits, overall=rate_limits, read=st.none(), observed_at=instants),
)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_pairs_are_read_in_any_case(case: type[str]) -> None:
    headers = {case(name): value for name, value in DOCUMENTED.items()}
    assert read_rate_limits(headers, NOW) == UNDERSTOOD


@pytest.mark.parametrize("text", MALFORMED)
@pytest.mark.parametrize("which", ["Limit", "Usage"])
def test_a_pair_that_is_malformed_counts_as_missing(text: str, which: str) -> None:
    found = read_rate_limits({**DOCUMENTED, f"X-RateLimit-{which}": text}, NOW)
    assert found == RateLimits(overall=None, read=UNDERSTOOD.read, observed_at=NOW)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_half_a_pair_says_nothing(name: str) -> None:
    assert read_rate_limits({name: DOCUMENTED[name]}, NOW) is None
    assert read_rate_limits({}, NOW) is None


def test_space_between_the_numbers_is_no_harm() -> None:
    spaced = {name: f" {value.replace(',', ' , ')} " for name, value in DOCUMENTED.items()}
    assert read_rate_limits(spaced, NOW) == UNDERSTOOD


@given(st.dictionaries(st.sampled_from([*DOCUMENTED, "X-Other"]), st.text(max_size=12)))
def test_headers_never_break_a_sync(headers: dict[str, str]) -> None:
    found = read_rate_limits(headers, NOW)
    assert found is None or found.overall or found.read


@given(rate_limits, rate_limits)
def test_what_strava_writes_is_read(overall: RateLimit, read: RateLimit) -> None:
    headers = {}
    for name, limit in (("RateLimit", overall), ("ReadRateLimit", read)):
        headers[f"x-{name}-limit"] = f"{limit.quarter_limit},{limit.day_limit}"
        headers[f"x-{name}-usage"] = f"{limit.quarter_used},{limit.day_used}"
    assert read_rate_limits(headers, NOW) == RateLimits(overall=overall, read=read, observed_at=NOW)


def test_as_long_as_strava_never_said_anything_nobody_waits() -> None:
    assert find_wait(None, NOW, is_live=False) is None
    assert remaining(None, NOW) is None


@pytest.mark.parametrize(
    ("limits", "is_live", "wait"),
    [
        (used(99, 999), True, None),
        (used(100, 500), True, Wait(QUARTER_PAST, is_daily=False)),
        (used(101, 500), True, Wait(QUARTER_PAST, is_daily=False)),
        (used(50, 1000), True, Wait(MIDNIGHT, is_daily=True)),
        (used(100, 1000), True, Wait(MIDNIGHT, is_daily=True)),
        (used(89, 899), False, None),
        (used(90, 500), False, Wait(QUARTER_PAST, is_daily=False)),
        (used(50, 900), False, Wait(MIDNIGHT, is_daily=True)),
        (used(90, 900), False, Wait(MIDNIGHT, is_daily=True)),
    ],
)
def test_the_live_sync_may_use_everything_and_others_leave_it_a_tenth(
    limits: RateLimits, is_live: bool, wait: Wait | None
) -> None:
    assert find_wait(limits, NOW, is_live=is_live) == wait


@pytest.mark.parametrize(
    ("limit", "allowed"),
    [((100, 1000), 90), ((101, 1000), 90), ((20, 1000), 15), ((6, 1000), 3), ((1, 1000), 1), ((90, 50), 30)],
    ids=["a tenth", "rounded up", "at least five", "at most half", "one is one", "twenty of a day"],
)
def test_what_is_reserved_follows_the_limit(limit: tuple[int, int], allowed: int) -> None:
    calls = 0
    while find_wait(used(calls, calls, limit=limit), NOW, is_live=False) is None:
        calls += 1
    assert calls == allowed


def test_the_limits_of_both_pairs_count() -> None:
    fine = RateLimit(quarter_limit=200, day_limit=2000, quarter_used=0, day_used=0)
    spent = RateLimit(quarter_limit=100, day_limit=1000, quarter_used=100, day_used=100)
    for overall, read in ((fine, spent), (spent, fine)):
        limits = RateLimits(overall=overall, read=read, observed_at=NOW)
        assert find_wait(limits, NOW, is_live=True) == Wait(QUARTER_PAST, is_daily=False)
        assert remaining(limits, NOW) == Remaining(quarter_hour=0, day=900)


def test_usage_counts_within_its_own_quarter_hour_and_day() -> None:
    limits = used(100, 400)
    last = QUARTER_PAST - timedelta(microseconds=1)
    assert find_wait(limits, last, is_live=True) == Wait(QUARTER_PAST, is_daily=False)
    assert find_wait(limits, QUARTER_PAST, is_live=True) is None
    assert remaining(limits, QUARTER_PAST) == Remaining(quarter_hour=100, day=600)
    assert remaining(limits, MIDNIGHT) == Remaining(quarter_hour=100, day=1000)


def test_no_more_are_left_of_a_quarter_hour_than_of_the_day() -> None:
    assert remaining(used(10, 990), NOW) == Remaining(quarter_hour=10, day=10)


@pytest.mark.parametrize("minute", [0, 14, 15, 29, 30, 44, 45, 59])
def test_quarter_hours_begin_on_the_clock(minute: int) -> None:
    begun = NOW.replace(minute=minute, second=59)
    ends = next_quarter_hour(begun)
    assert ends.minute == (minute // 15 + 1) * 15 % 60
    assert timedelta() < ends - begun <= QUARTER_HOUR


@given(observations, instants, st.booleans())
def test_a_wait_ends_at_the_next_beginning_of_what_is_used_up(
    limits: RateLimits, now: datetime, is_live: bool
) -> None:
    wait = find_wait(limits, now, is_live=is_live)
    if wait is None:
        return
    assert timedelta() < wait.resets_at - now <= (DAY if wait.is_daily else QUARTER_HOUR)
    assert (wait.resets_at.minute % 15, wait.resets_at.second, wait.resets_at.microsecond) == (0, 0, 0)
    assert not wait.is_daily or wait.resets_at.hour == wait.resets_at.minute == 0
    kinds = [kind for kind in (limits.overall, limits.read) if kind is not None]
    if all(kind.quarter_limit and kind.day_limit for kind in kinds):
        later = find_wait(limits, wait.resets_at, is_live=is_live)
        assert later is None or (later.resets_at > wait.resets_at and limits.observed_at > now)


@given(observations, instants)
def test_the_live_sync_waits_exactly_when_nothing_is_left(limits: RateLimits, now: datetime) -> None:
    left = remaining(limits, now)
    assert left is not None
    assert 0 <= left.quarter_hour <= left.day
    assert (find_wait(limits, now, is_live=True) is not None) == (left.quarter_hour == 0)


@given(observations, instants)
def test_whoever_leaves_a_reserve_waits_whenever_the_live_sync_does(
    limits: RateLimits, now: datetime
) -> None:
    if find_wait(limits, now, is_live=True) is not None:
        assert find_wait(limits, now, is_live=False) is not None


@given(rate_limits, instants, st.integers(0, 3000))
def test_others_stop_early_enough_for_the_live_sync(limit: RateLimit, now: datetime, more: int) -> None:
    """One call at a time, whatever was used before: a tenth stays, unless it was gone already."""
    grown = RateLimit(
        quarter_limit=limit.quarter_limit,
        day_limit=limit.day_limit,
        quarter_used=limit.quarter_used + more,
        day_used=limit.day_used + more,
    )
    limits = RateLimits(overall=grown, read=None, observed_at=now)
    if find_wait(limits, now, is_live=False) is None:
        for allowed, made in ((grown.quarter_limit, grown.quarter_used), (grown.day_limit, grown.day_used)):
            assert allowed - (made + 1) >= min(allowed // 10, allowed // 2)


@given(observations, instants, st.integers(-12, 14), st.booleans())
def test_an_instant_is_the_same_in_any_zone(
    limits: RateLimits, now: datetime, hours: int, is_live: bool
) -> None:
    there = now.astimezone(timezone(timedelta(hours=hours)))
    assert find_wait(limits, there, is_live=is_live) == find_wait(limits, now, is_live=is_live)
    assert remaining(limits, there) == remaining(limits, now)
