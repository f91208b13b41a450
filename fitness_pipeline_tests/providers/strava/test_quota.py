"""What Strava says of its limits is remembered, and kept."""

from datetime import datetime, timedelta

import pytest

from fitness_pipeline.errors import OutOfQuota
from fitness_pipeline.models import RateLimit, RateLimits
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Change
from fitness_pipeline.sandbox.serving.replies import raw_json_reply
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.providers.strava.askers import MIDNIGHT, QUARTER_PAST, GrantedTokens, Memory
from fitness_pipeline_tests.providers.strava.asking import listed
from fitness_pipeline_tests.providers.strava.conftest import Opens


def limits(quarter_used: int, day_used: int, at: datetime = NOW) -> RateLimits:
    read = RateLimit(quarter_limit=100, day_limit=1000, quarter_used=quarter_used, day_used=day_used)
    return RateLimits(overall=None, read=read, observed_at=at)


def test_what_every_reply_says_of_the_limits_is_remembered(
    api: StravaApi, sandbox: StravaSandbox, memory: Memory
) -> None:
    sandbox.limits.use(quarter_hour=10, day=20)
    listed(api)
    assert memory.limits == RateLimits(
        overall=RateLimit(quarter_limit=200, day_limit=2000, quarter_used=11, day_used=21),
        read=RateLimit(quarter_limit=100, day_limit=1000, quarter_used=11, day_used=21),
        observed_at=NOW,
    )
    api.find_activity(404)
    assert memory.limits.read == RateLimit(quarter_limit=100, day_limit=1000, quarter_used=12, day_used=22)


def test_a_reply_without_limits_leaves_what_is_remembered(
    api: StravaApi, sandbox: StravaSandbox, memory: Memory
) -> None:
    memory.limits = limits(1, 2)
    sandbox.faults.order(Answer(raw_json_reply(b"[]")))
    assert listed(api) == []
    assert memory.limits == limits(1, 2)


@pytest.mark.parametrize("shape", ["fault", "plain"])
@pytest.mark.parametrize(
    ("used", "resets_at", "is_daily"),
    [(Limit(100, 200), QUARTER_PAST, False), (Limit(20, 1000), MIDNIGHT, True)],
    ids=["the quarter hour", "the day"],
)
def test_too_many_requests_are_remembered_until_the_limits_begin_anew(
    opened: Opens,
    sandbox: StravaSandbox,
    tokens: GrantedTokens,
    clock: SettableClock,
    shape: errors.RateLimitShape,
    used: Limit,
    resets_at: datetime,
    is_daily: bool,
) -> None:
    """By another client too, which does not even ask."""
    sandbox.limits.shape = shape
    sandbox.limits.use(quarter_hour=used.quarter_hour, day=used.day)
    for api, asked in ((opened(), 1), (opened(), 0)):
        with pytest.raises(OutOfQuota) as raised:
            listed(api)
        assert (raised.value.resets_at, raised.value.is_daily) == (resets_at, is_daily)
        assert api.calls == asked
    clock.now = resets_at
    sandbox.world.oauth.kill_access_tokens()  # they may be too old by then
    assert listed(opened()) == []


def test_the_last_call_that_strava_allows_is_made_and_none_after_it(
    api: StravaApi, sandbox: StravaSandbox
) -> None:
    sandbox.limits.use(quarter_hour=98, day=98)
    listed(api)
    listed(api)
    with pytest.raises(OutOfQuota, match=r"used up until 14:15 UTC"):
        listed(api)
    assert sandbox.log.count() == 2


def test_others_leave_a_reserve_for_the_live_sync(opened: Opens, sandbox: StravaSandbox) -> None:
    backfill, live = opened(is_live=False), opened(is_live=True)
    sandbox.limits.use(quarter_hour=88, day=88)
    listed(backfill)
    listed(backfill)
    with pytest.raises(OutOfQuota, match=r"kept for new activities until 14:15 UTC"):
        listed(backfill)
    for _ in range(10):
        listed(live)
    with pytest.raises(OutOfQuota, match=r"used up until 14:15 UTC"):
        listed(live)
    assert sandbox.log.count() == 12
    assert all(entry.status == 200 for entry in sandbox.log.requests)


def test_calls_that_others_made_meanwhile_count(opened: Opens, memory: Memory) -> None:
    api = opened()
    listed(api)
    memory.limits = limits(100, 100)
    with pytest.raises(OutOfQuota):
        listed(api)


def test_an_answer_that_takes_until_the_next_quarter_hour_is_counted_where_it_was_asked(
    opened: Opens, sandbox: StravaSandbox, clock: SettableClock
) -> None:
    """Otherwise the new quarter hour would seem to be used up when it begins."""
    clock.now = QUARTER_PAST - timedelta(seconds=1)
    sandbox.limits.use(quarter_hour=99, day=99)

    def pass_by(_: object) -> None:
        clock.now = QUARTER_PAST + timedelta(seconds=1)

    sandbox.faults.order(Change(pass_by, moment="after"))
    listed(opened(is_live=True))
    assert listed(opened(is_live=False)) == []
