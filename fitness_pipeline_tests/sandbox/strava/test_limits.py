"""Rate limits: two windows, two pairs of headers, two shapes of the 429."""

from datetime import timedelta

import pytest

from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.sandbox.strava.callers import LIST, Caller


def test_every_reply_of_the_api_tells_both_pairs_in_strava_s_case(caller: Caller) -> None:
    caller.get(LIST)
    reply = caller.get("/api/v3/gear/g1")
    assert reply.status_code == 404
    told = [(name.decode(), value.decode()) for name, value in reply.headers.raw]
    assert [(name, value) for name, value in told if "imit" in name] == [
        ("X-Ratelimit-Usage", "2,2"),
        ("X-Ratelimit-Limit", "200,2000"),
        ("X-Readratelimit-Usage", "2,2"),
        ("X-Readratelimit-Limit", "100,1000"),
    ]


def test_replies_about_tokens_tell_none(caller: Caller) -> None:
    assert not [name for name in caller.refresh(caller.refresh_token).headers if "ratelimit" in name]


def test_the_request_that_reaches_the_limit_is_answered_and_the_next_is_not(
    sandbox: StravaSandbox, caller: Caller
) -> None:
    sandbox.limits.read = Limit(3, 10)
    replies = [caller.get(LIST) for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert replies[2].headers["X-ReadRateLimit-Usage"] == "3,3"
    assert replies[3].json()["message"] == "Rate Limit Exceeded"
    assert replies[3].json()["errors"][0]["code"] == "exceeded"
    assert "Retry-After" not in replies[3].headers


def test_the_body_of_a_429_has_another_shape_on_request(sandbox: StravaSandbox, caller: Caller) -> None:
    sandbox.limits.overall = Limit(0, 0)
    sandbox.limits.shape = "plain"
    assert caller.get(LIST).json() == {
        "errors": "Rate Limit Exceeded",
        "status": 429,
        "message": "Too Many Requests",
    }
    sandbox.limits.shape = "fault"
    assert caller.get(LIST).json()["errors"][0]["field"] == "overall rate limit"


def test_a_quarter_of_an_hour_begins_on_the_clock(
    sandbox: StravaSandbox, caller: Caller, clock: SettableClock
) -> None:
    sandbox.limits.read = Limit(1, 100)
    assert [caller.get(LIST).status_code for _ in range(2)] == [200, 429]
    clock.now = clock.now.replace(minute=14, second=59)
    assert caller.get(LIST).status_code == 429
    clock.now = clock.now.replace(minute=15, second=0)
    assert caller.get(LIST).status_code == 200


def test_requests_above_the_short_limit_count_for_the_day_which_ends_at_midnight(
    sandbox: StravaSandbox, caller: Caller, clock: SettableClock
) -> None:
    sandbox.limits.read = Limit(1, 4)
    for _ in range(4):
        caller.get(LIST)
    clock.advance(timedelta(minutes=15))
    spent = caller.get(LIST)
    assert (spent.status_code, spent.headers["X-ReadRateLimit-Usage"]) == (429, "1,5")
    clock.now = clock.now.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    caller.use(caller.refresh(caller.refresh_token).json())
    fresh = caller.get(LIST)
    assert (fresh.status_code, fresh.headers["X-ReadRateLimit-Usage"]) == (200, "1,1")


def test_usage_can_be_set_as_if_others_had_used_it(sandbox: StravaSandbox, caller: Caller) -> None:
    sandbox.limits.use(quarter_hour=98, day=500)
    assert caller.get(LIST).headers["X-RateLimit-Usage"] == "99,501"
    assert sandbox.limits.usage() == (Limit(99, 501), Limit(99, 501))


@pytest.mark.parametrize("credentials", ["Bearer unknown", "Basic YTpi"])
def test_a_request_of_nobody_counts_for_nobody(
    sandbox: StravaSandbox, caller: Caller, credentials: str
) -> None:
    caller.http.headers["Authorization"] = credentials
    reply = caller.get(LIST)
    assert (reply.status_code, reply.headers["X-RateLimit-Usage"]) == (401, "0,0")
