"""The address in the settings: what is wrong with it is said."""

import socket

import pytest

from fitness_pipeline.errors import ProviderUnavailable, UnexpectedReply
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import redirect
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.providers.strava.asking import listed
from fitness_pipeline_tests.providers.strava.conftest import Opens
from fitness_pipeline_tests.sandbox.strava.callers import fill


def test_an_address_where_nobody_answers_is_said_to_be_so(opened: Opens) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        api = opened(url=f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(ProviderUnavailable, match=r"cannot be reached.*STRAVA_API_URL"):
            listed(api)


def test_a_slash_at_the_end_of_the_address_is_no_harm(opened: Opens, sandbox: StravaSandbox) -> None:
    ids = fill(sandbox.world, 1)
    assert listed(opened(url=f"{sandbox.api_url}/")) == ids


def test_no_token_follows_a_redirect(api: StravaApi, sandbox: StravaSandbox) -> None:
    with StravaSandbox() as elsewhere:
        sandbox.faults.order(Answer(redirect(f"{elsewhere.api_url}/athlete/activities")))
        with pytest.raises(UnexpectedReply, match="STRAVA_API_URL"):
            listed(api)
        assert elsewhere.log.count() == 0
