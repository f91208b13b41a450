"""The key is sent to Hevy and told to nobody."""

import logging
import traceback

import httpx
import pytest
from pydantic import SecretStr

from fitness_pipeline.errors import PermissionRefused, ProviderError
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.faults import Answer, Hold
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline_tests.providers.broken_replies import chain
from fitness_pipeline_tests.providers.hevy.conftest import Opens
from fitness_pipeline_tests.providers.hevy.troubles import FINAL, PASSING


def test_a_key_with_spaces_around_it_works(opened: Opens, sandbox: HevySandbox) -> None:
    assert opened(key=SecretStr(f" {sandbox.world.api_key}\n")).count() == 0


@pytest.mark.parametrize("key", ["", " ", "5ecre7\n0f", "5ecre7ü", "5ecre7\x00"])
def test_what_cannot_be_a_key_is_not_sent(opened: Opens, key: str) -> None:
    with pytest.raises(PermissionRefused, match="HEVY_API_KEY is no key") as raised:
        opened(key=SecretStr(key))
    assert "5ecre7" not in "".join(traceback.format_exception(raised.value))


def test_a_key_that_was_revoked_is_said_to_be_wrong(api: HevyApi, sandbox: HevySandbox) -> None:
    sandbox.world.api_key = "another"
    with pytest.raises(PermissionRefused, match="Check HEVY_API_KEY"):
        api.count()
    assert api.calls == 1


def test_no_failure_and_no_log_tells_the_key(
    opened: Opens, sandbox: HevySandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = sandbox.world.api_key
    api = opened(timeout_seconds=0.2)
    told = [repr((api, vars(api)))]
    final = [fault for fault, _ in FINAL.values()]
    echo = Answer(json_reply({"error": f"{key} is no good"}, 400))
    for fault in (*PASSING.values(), *final, Hold(), echo):
        sandbox.faults.order(fault, times=None)
        with pytest.raises(ProviderError) as raised:
            api.list_workouts(1)
        sandbox.faults.clear()
        told += [repr(raised.value), *traceback.format_exception(raised.value)]
        assert not [error for error in chain(raised.value) if isinstance(error, httpx.HTTPError)]
        frames = [frame for frame, _ in traceback.walk_tb(raised.tb)][1:]  # without this one
        told += [repr(frame.f_locals) for frame in frames]
    everything = "\n".join((*told, caplog.text)).replace(repr(echo.reply.body), "")
    assert "httpcore" in everything
    assert key not in everything
