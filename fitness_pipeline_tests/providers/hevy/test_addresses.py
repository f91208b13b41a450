"""The address in the settings: what is wrong with it is said."""

import socket

import pytest

from fitness_pipeline.errors import ProviderUnavailable, UnexpectedReply
from fitness_pipeline.providers.hevy.api import HevyApi
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import redirect
from fitness_pipeline_tests.hevy import COUNT
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.providers.hevy.conftest import Opens


def test_where_there_is_no_api_at_all_the_address_is_said_to_be_wrong(
    api: HevyApi, sandbox: HevySandbox
) -> None:
    sandbox.faults.order(Answer(errors.not_found()), times=None)
    for ask in (
        lambda: api.list_workouts(1),
        lambda: api.events(NOW, 1),
        api.count,
        lambda: api.list_templates(1),
    ):
        with pytest.raises(UnexpectedReply, match="no Hevy API at HEVY_API_URL"):
            ask()


def test_an_address_where_nobody_answers_is_said_to_be_so(opened: Opens) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        api = opened(url=f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(ProviderUnavailable, match=r"cannot be reached.*HEVY_API_URL"):
            api.count()


def test_a_slash_at_the_end_of_the_address_is_no_harm(opened: Opens, sandbox: HevySandbox) -> None:
    assert opened(url=f"{sandbox.url}/").count() == 0


def test_no_key_follows_a_redirect(api: HevyApi, sandbox: HevySandbox) -> None:
    with HevySandbox() as elsewhere:
        sandbox.faults.order(Answer(redirect(f"{elsewhere.url}{COUNT}")))
        with pytest.raises(UnexpectedReply, match="HEVY_API_URL"):
            api.count()
        assert elsewhere.log.count() == 0
