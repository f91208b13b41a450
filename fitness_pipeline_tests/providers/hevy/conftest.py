"""A Hevy, and clients that ask its API over a real socket."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from pydantic import SecretStr

from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.providers.hevy.pace import Pace
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock

Opens = Callable[..., HevyApi]


class Unhurried(Pace):
    """Lets every request go at once."""

    def wait(self, clock: Callable[[], datetime], sleep: Callable[[float], object]) -> None:
        """Do nothing."""


@pytest.fixture
def sandbox(clock: SettableClock) -> Iterator[HevySandbox]:
    """A Hevy without workouts."""
    with HevySandbox(clock=clock) as serving:
        yield serving


@pytest.fixture
def opened(sandbox: HevySandbox, clock: SettableClock, slept: list[float]) -> Iterator[Opens]:
    """Opens clients whose requests need not be apart."""
    apis: list[HevyApi] = []

    def open_api(**options: Any) -> HevyApi:
        settings = {
            "url": sandbox.url,
            "key": SecretStr(sandbox.world.api_key),
            "pace": Unhurried(),
            **options,
        }
        api = HevyApi(clock=clock, sleep=slept.append, **settings)
        apis.append(api.__enter__())
        return api

    yield open_api
    for api in apis:
        api.__exit__(None, None, None)


@pytest.fixture
def api(opened: Opens) -> HevyApi:
    """A client."""
    return opened()
