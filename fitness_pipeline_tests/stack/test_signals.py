"""Requests to stop are noted, and told apart from impatience."""

import os
import signal
import time

import pytest

from fitness_pipeline.stack.signals import StopSignals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_is_noted(number: signal.Signals) -> None:
    with StopSignals() as signals:
        assert not signals.is_stop_requested
        os.kill(os.getpid(), number)
        assert signals.is_stop_requested


def test_a_request_that_arrives_twice_at_once_is_one() -> None:
    with StopSignals() as signals:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        assert not signals.is_repeated


def test_a_request_that_comes_again_later_is_impatience() -> None:
    deadline = time.monotonic() + 10
    with StopSignals() as signals:
        while not signals.is_repeated and time.monotonic() < deadline:
            os.kill(os.getpid(), signal.SIGINT)
        assert signals.is_repeated


def test_afterwards_signals_do_what_they_did_before() -> None:
    with StopSignals():
        pass
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
