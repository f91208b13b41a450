"""Quotas: a minute that slides, calls within batches one by one, and a quota that is used up."""

from collections import Counter
from datetime import timedelta

from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.sandbox.google_calendar.callers import LIST, Caller, call, path_of, reason_of


def test_there_is_no_limit_until_one_is_set(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    calls = [call("GET", path_of("run00001"))] * 700
    assert Counter(caller.statuses(calls).values()) == {404: 700}
    sandbox.limits.per_minute_per_user = 700
    assert reason_of(caller.get(LIST)) == (403, "userRateLimitExceeded")


def test_the_minute_slides(sandbox: GoogleCalendarSandbox, caller: Caller, clock: SettableClock) -> None:
    sandbox.limits.per_minute_per_user = 3
    statuses = []
    for seconds in (0, 20, 20, 19, 1, 19, 1):
        clock.advance(timedelta(seconds=seconds))
        statuses.append(caller.get(LIST).status_code)
    assert statuses == [200, 200, 200, 403, 200, 403, 200]


def test_each_call_within_a_batch_counts_as_one_and_the_batch_as_none(
    sandbox: GoogleCalendarSandbox, caller: Caller
) -> None:
    sandbox.limits.per_minute_per_user = 4
    calls = [call("GET", path_of("run00001"))] * 6
    assert caller.batch([]).status_code == 400
    assert Counter(caller.statuses(calls).values()) == {404: 4, 403: 2}
    assert caller.batch(calls).status_code == 200
    assert reason_of(caller.get(LIST)) == (403, "userRateLimitExceeded")


def test_what_is_nobody_s_counts_for_nobody(sandbox: GoogleCalendarSandbox, caller: Caller) -> None:
    sandbox.limits.per_minute_per_user = 1
    token = caller.http.headers.pop("Authorization")
    assert [caller.get(LIST).status_code for _ in range(3)] == [401] * 3
    caller.http.headers["Authorization"] = token
    assert [caller.get(LIST).status_code for _ in range(2)] == [200, 403]


def test_a_quota_that_is_used_up_refuses_every_call_until_it_is_not(
    sandbox: GoogleCalendarSandbox, caller: Caller, clock: SettableClock
) -> None:
    refresh_token = caller.connect()
    sandbox.limits.quota_exceeded = True
    assert reason_of(caller.get(LIST)) == (403, "quotaExceeded")
    assert Counter(caller.statuses([call("GET", LIST)] * 3).values()) == {403: 3}
    clock.advance(timedelta(hours=3))
    caller.use(caller.refresh(refresh_token).json()["access_token"])
    assert reason_of(caller.get(LIST)) == (403, "quotaExceeded")
    sandbox.limits.quota_exceeded = False
    assert caller.get(LIST).status_code == 200
