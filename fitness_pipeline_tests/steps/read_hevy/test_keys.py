"""Without the right key nothing is asked for, or little, and nobody is told the key."""

import logging

import pytest

from fitness_pipeline.errors import NotConnected, PermissionRefused
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline_tests.hevy import HevySyncer, calls


@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_a_key_hevy_is_not_connected(
    hevy: HevySandbox, sync: HevySyncer, environment: pytest.MonkeyPatch, key: str | None
) -> None:
    if key is None:
        environment.delenv("HEVY_API_KEY")
    else:
        environment.setenv("HEVY_API_KEY", key)
    with pytest.raises(NotConnected, match="Set HEVY_API_KEY"):
        sync.read()
    assert calls(hevy) == []


@pytest.mark.parametrize("key", ["5ecre7-0f-s0meb0dy-else", "5ecre7\n0f", "5ecre7ü"])
def test_a_wrong_key_is_said_to_be_wrong_and_told_to_nobody(
    hevy: HevySandbox,
    sync: HevySyncer,
    environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    key: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    environment.setenv("HEVY_API_KEY", key)
    with pytest.raises(PermissionRefused, match="HEVY_API_KEY") as raised:
        sync.read()
    assert "5ecre7" not in str(raised.value) + caplog.text
    assert len(calls(hevy)) <= 1
