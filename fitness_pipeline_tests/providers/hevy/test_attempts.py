"""What passes is asked again, at a distance; what does not get better is told."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr

from fitness_pipeline.errors import OutOfQuota, ProviderError, ProviderUnavailable
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Delay, Fault, Hold
from fitness_pipeline.sandbox.serving.replies import Reply
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.providers.hevy.asking import DAY, fill, listed
from fitness_pipeline_tests.providers.hevy.conftest import Opens
from fitness_pipeline_tests.providers.hevy.troubles import FINAL, PASSING


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock, slept: list[float], fault: Fault
) -> None:
    ids = fill(sandbox, clock, 3)
    sandbox.faults.order(fault, times=4)
    assert listed(api) == ids
    assert api.calls == sandbox.log.count() == 5
    assert len(slept) == 4
    assert all(1 << n <= seconds <= (1 << n) + 1 for n, seconds in enumerate(slept))


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_given_up_after_five_attempts(
    api: HevyApi, sandbox: HevySandbox, clock: SettableClock, fault: Fault
) -> None:
    fill(sandbox, clock, 3)
    sandbox.faults.order(fault, times=None)
    with pytest.raises(ProviderUnavailable, match="Try again later"):
        api.list_workouts(1)
    assert api.calls == sandbox.log.count() == 5


@pytest.mark.parametrize(("fault", "error"), FINAL.values(), ids=FINAL)
def test_what_does_not_get_better_is_not_tried_again(
    api: HevyApi, sandbox: HevySandbox, slept: list[float], fault: Fault, error: type[ProviderError]
) -> None:
    sandbox.faults.order(fault, times=None)
    with pytest.raises(error):
        api.list_workouts(1)
    assert api.calls == sandbox.log.count() == 1
    assert slept == []


@pytest.mark.parametrize("told", ["7", "Tue, 10 Mar 2026 14:07:37 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_what_hevy_asks_to_wait_is_waited(
    api: HevyApi, sandbox: HevySandbox, slept: list[float], told: str, status: int
) -> None:
    sandbox.faults.order(Answer(Reply(status, headers=(("Retry-After", told),))), times=2)
    assert listed(api) == []
    assert slept == [7.0, 7.0]


@pytest.mark.parametrize("told", ["0", "-5", "soon", "", "Tue, 10 Mar 2020 14:07:37 GMT"])
def test_a_wait_that_is_none_leaves_the_usual_one(
    api: HevyApi, sandbox: HevySandbox, slept: list[float], told: str
) -> None:
    sandbox.faults.order(Answer(Reply(429, headers=(("Retry-After", told),))))
    assert listed(api) == []
    assert len(slept) == 1
    assert 1 <= slept[0] <= 2


@pytest.mark.parametrize(
    ("told", "until", "is_daily"),
    [
        ("121", NOW + timedelta(seconds=121), False),
        ("3600", NOW + timedelta(hours=1), False),
        ("3601", NOW + timedelta(seconds=3601), True),
        ("99999999999999999999", NOW + DAY, True),
        ("Fri, 01 Jan 2100 00:00:00 GMT", NOW + DAY, True),
    ],
)
def test_a_long_wait_ends_the_sync_and_says_until_when(
    api: HevyApi, sandbox: HevySandbox, told: str, until: datetime, is_daily: bool
) -> None:
    sandbox.faults.order(Answer(Reply(429, headers=(("Retry-After", told),))))
    with pytest.raises(OutOfQuota, match=f"until {until:%Y-%m-%d %H:%M} UTC") as raised:
        api.list_workouts(1)
    assert (raised.value.resets_at, raised.value.is_daily, api.calls) == (until, is_daily, 1)


@pytest.mark.parametrize("fault", [Hold(), Delay(3600)])
def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(
    opened: Opens, sandbox: HevySandbox, fault: Fault
) -> None:
    api = opened(timeout_seconds=0.2)
    sandbox.faults.order(fault)
    assert listed(api) == []
    assert api.calls == 2


@pytest.mark.parametrize(("ahead", "lead"), [(-DAY, 0), (timedelta(seconds=30), 0), (2 * DAY, 2 * 86400)])
def test_a_clock_that_is_ahead_is_noticed(sandbox: HevySandbox, ahead: timedelta, lead: float) -> None:
    mine = SettableClock(NOW + ahead)
    with HevyApi(sandbox.url, SecretStr(sandbox.world.api_key), clock=mine, sleep=lambda _: None) as api:
        api.count()
        assert api.clock_lead == timedelta(seconds=lead)


def test_requests_go_out_at_most_twice_a_second(sandbox: HevySandbox, clock: SettableClock) -> None:
    sent: list[datetime] = []

    def sleep(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    sandbox.faults.order(Answer(errors.server_error()), at=3)
    with HevyApi(sandbox.url, SecretStr(sandbox.world.api_key), clock=clock, sleep=sleep) as api:
        for _ in range(5):
            api.count()
            sent.append(clock())
    assert api.calls == 6
    assert sent[0] == NOW
    assert all(b - a >= timedelta(seconds=0.5) for a, b in pairwise(sent))
