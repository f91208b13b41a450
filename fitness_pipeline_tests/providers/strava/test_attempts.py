"""What passes is asked again, at a distance; what does not get better is told."""

import pytest

from fitness_pipeline.errors import OutOfQuota, ProviderError, ProviderUnavailable
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.faults import Answer, Delay, Fault, Hold, Truncation
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.providers.strava.asking import listed
from fitness_pipeline_tests.providers.strava.conftest import Opens
from fitness_pipeline_tests.providers.strava.troubles import FINAL, PASSING
from fitness_pipeline_tests.sandbox.strava.callers import LIST, fill

SHOE = Gear(id="g1", brand="Brooks", model="Ghost")


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(
    api: StravaApi, sandbox: StravaSandbox, slept: list[float], fault: Fault
) -> None:
    ids = fill(sandbox.world, 3)
    sandbox.faults.order(fault, times=3)
    assert listed(api) == ids[::-1]
    assert api.calls == sandbox.log.count() == 4
    assert len(slept) == 3
    assert all(1 << n <= seconds <= (1 << n) + 1 for n, seconds in enumerate(slept))


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_given_up_after_four_attempts(
    api: StravaApi, sandbox: StravaSandbox, fault: Fault
) -> None:
    fill(sandbox.world, 3)
    sandbox.faults.order(fault, times=None)
    with pytest.raises(ProviderUnavailable, match="Try again later"):
        listed(api)
    assert api.calls == sandbox.log.count() == 4


def test_gear_that_is_cut_off_is_tried_again(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.world.gear.put(SHOE)
    for fault in (Truncation(), Truncation(is_noticed=False)):
        sandbox.faults.order(fault)
        assert api.read_gear("g1") is not None
    assert api.calls == 4


@pytest.mark.parametrize(("fault", "error"), FINAL.values(), ids=FINAL)
def test_what_does_not_get_better_is_not_tried_again(
    api: StravaApi, sandbox: StravaSandbox, slept: list[float], fault: Fault, error: type[ProviderError]
) -> None:
    sandbox.faults.order(fault, path=LIST, times=None)
    with pytest.raises(error):
        listed(api)
    assert api.calls == sandbox.log.count(LIST) == 1
    assert slept == []


@pytest.mark.parametrize("fault", [Hold(), Delay(3600)])
def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(
    opened: Opens, sandbox: StravaSandbox, fault: Fault
) -> None:
    ids = fill(sandbox.world, 1)
    api = opened(timeout_seconds=0.2)
    sandbox.faults.order(fault)
    assert listed(api) == ids
    assert api.calls == 2


def test_attempts_that_fail_use_the_limits_too(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.limits.use(quarter_hour=98, day=98)
    sandbox.faults.order(Answer(errors.server_error(), moment="after"), times=None)
    with pytest.raises(OutOfQuota):
        listed(api)
    assert api.calls == 2
