"""A Strava, and clients that ask its API over a real socket."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.providers.strava.askers import GrantedTokens, Memory

Opens = Callable[..., StravaApi]


@pytest.fixture
def sandbox(clock: SettableClock) -> Iterator[StravaSandbox]:
    """A Strava without activities."""
    with StravaSandbox(clock=clock) as serving:
        yield serving


@pytest.fixture
def tokens(sandbox: StravaSandbox) -> GrantedTokens:
    """Tokens for everything that can be read."""
    return GrantedTokens(sandbox)


@pytest.fixture
def memory() -> Memory:
    """What is remembered of the limits."""
    return Memory()


@pytest.fixture
def opened(
    sandbox: StravaSandbox, tokens: GrantedTokens, memory: Memory, clock: SettableClock, slept: list[float]
) -> Iterator[Opens]:
    """Opens clients that share the tokens and the memory."""
    apis: list[StravaApi] = []

    def open_api(*, is_live: bool = True, **options: Any) -> StravaApi:
        settings = {"url": sandbox.api_url, "token": tokens, "quota": memory, **options}
        api = StravaApi(is_live=is_live, clock=clock, sleep=slept.append, **settings)
        apis.append(api.__enter__())
        return api

    yield open_api
    for api in apis:
        api.__exit__(None, None, None)


@pytest.fixture
def api(opened: Opens) -> StravaApi:
    """A client that may use everything."""
    return opened()
