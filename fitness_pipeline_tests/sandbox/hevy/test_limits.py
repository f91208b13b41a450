"""A rate limit on demand: Hevy publishes none."""

from datetime import timedelta

from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline_tests.sandbox.hevy.callers import COUNT, Caller


def test_without_a_limit_every_call_is_answered(caller: Caller) -> None:
    assert {caller.get(COUNT).status_code for _ in range(30)} == {200}


def test_calls_above_the_limit_are_refused_until_its_window_has_passed(
    sandbox: HevySandbox, caller: Caller, clock: SettableClock
) -> None:
    sandbox.limit.calls = 2
    assert [caller.get(COUNT).status_code for _ in range(4)] == [200, 200, 429, 429]
    clock.advance(timedelta(seconds=0.999))
    assert caller.get(COUNT).status_code == 429
    clock.advance(timedelta(seconds=0.001))
    assert [caller.get(COUNT).status_code for _ in range(3)] == [200, 200, 429]


def test_calls_that_are_half_a_second_apart_keep_to_two_a_second(
    sandbox: HevySandbox, caller: Caller, clock: SettableClock
) -> None:
    sandbox.limit.calls = 2
    for _ in range(6):
        assert caller.get(COUNT).status_code == 200
        clock.advance(timedelta(seconds=0.5))


def test_a_refusal_tells_how_many_seconds_to_wait_or_nothing(
    sandbox: HevySandbox, caller: Caller, clock: SettableClock
) -> None:
    sandbox.limit.calls = 1
    sandbox.limit.window = timedelta(seconds=30)
    caller.get(COUNT)
    clock.advance(timedelta(seconds=4.5))
    assert caller.get(COUNT).headers["Retry-After"] == "26"
    sandbox.limit.tells_when = False
    refused = caller.get(COUNT)
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, False)
    sandbox.limit.calls = None
    assert caller.get(COUNT).status_code == 200


def test_a_limit_of_nothing_refuses_everything(sandbox: HevySandbox, caller: Caller) -> None:
    sandbox.limit.calls = 0
    assert caller.get(COUNT).headers["Retry-After"] == "1"


def test_calls_with_a_wrong_key_do_not_count(sandbox: HevySandbox, caller: Caller) -> None:
    sandbox.limit.calls = 1
    key = caller.http.headers["api-key"]
    caller.http.headers["api-key"] = "wrong"
    assert [caller.get(COUNT).status_code for _ in range(2)] == [401, 401]
    caller.http.headers["api-key"] = key
    assert caller.get(COUNT).status_code == 200
