"""A token that is rejected is replaced, or a person is asked; none is told to anybody."""

import logging
import traceback

import httpx
import pytest

from fitness_pipeline.errors import (
    ApplicationInactive,
    NeedsReauthorization,
    PermissionRefused,
    ProviderError,
)
from fitness_pipeline.providers.strava.api import StravaApi
from fitness_pipeline.sandbox.serving.faults import Answer, Change, Hold
from fitness_pipeline.sandbox.serving.replies import redirect
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.providers.broken_replies import chain
from fitness_pipeline_tests.providers.strava.askers import GrantedTokens
from fitness_pipeline_tests.providers.strava.asking import listed
from fitness_pipeline_tests.providers.strava.conftest import Opens
from fitness_pipeline_tests.providers.strava.troubles import FINAL, PASSING
from fitness_pipeline_tests.sandbox.strava.callers import LIST, fill


def test_a_token_that_ended_before_its_time_is_replaced_in_the_middle(
    api: StravaApi, sandbox: StravaSandbox, tokens: GrantedTokens
) -> None:
    ids = fill(sandbox.world, 2)
    before = tokens()
    sandbox.faults.order(Change(lambda world: world.oauth.kill_access_tokens(), moment="before"), at=2)
    assert [listed(api, page=page, per_page=1) for page in (1, 2)] == [[ids[1]], [ids[0]]]
    assert tokens.rejected == [before]
    assert tokens() != before
    assert [entry.status for entry in sandbox.log.matching(LIST)] == [200, 401, 200]
    assert api.calls == 3


def test_a_token_that_strava_holds_for_good_is_not_sent_twice(
    api: StravaApi, sandbox: StravaSandbox, tokens: GrantedTokens
) -> None:
    sandbox.faults.order(Answer(errors.unauthorized()), path=LIST, times=None)
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        listed(api)
    assert (len(tokens.rejected), api.calls) == (1, 1)


def test_a_fresh_token_that_is_refused_too_needs_a_person(
    api: StravaApi, sandbox: StravaSandbox, tokens: GrantedTokens
) -> None:
    sandbox.world.oauth.kill_access_tokens()
    sandbox.faults.order(Answer(errors.unauthorized()), path=LIST, times=None)
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        listed(api)
    assert (len(tokens.rejected), api.calls) == (1, 2)


def test_an_athlete_who_took_everything_back_is_asked_to_connect_again(
    api: StravaApi, sandbox: StravaSandbox
) -> None:
    sandbox.world.oauth.revoke()
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        listed(api)


def test_a_missing_scope_is_named(opened: Opens, sandbox: StravaSandbox) -> None:
    api = opened(token=GrantedTokens(sandbox, {"read"}))
    with pytest.raises(PermissionRefused, match=r"activity:read"):
        listed(api)
    assert api.calls == 1


def test_an_application_that_is_switched_off_is_named(api: StravaApi, sandbox: StravaSandbox) -> None:
    sandbox.world.is_application_active = False
    with pytest.raises(ApplicationInactive):
        listed(api)


def test_no_failure_and_no_log_tells_a_token(
    opened: Opens, sandbox: StravaSandbox, tokens: GrantedTokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fill(sandbox.world, 1)
    api = opened(timeout_seconds=0.2)
    told = [repr((api, vars(api), tokens()))]
    final = [fault for fault, _ in FINAL.values()]
    for fault in (*PASSING.values(), *final, Hold(), Answer(redirect(sandbox.url))):
        sandbox.faults.order(fault, path=LIST, times=None)
        with pytest.raises(ProviderError) as raised:
            listed(api)
        sandbox.faults.clear()
        told += [repr(raised.value), *traceback.format_exception(raised.value)]
        told += [repr(vars(error)) for error in chain(raised.value)]
        assert not [error for error in chain(raised.value) if isinstance(error, httpx.HTTPError)]
        frames = [frame for frame, _ in traceback.walk_tb(raised.tb)][1:]  # without this one
        told += [repr(frame.f_locals) for frame in frames]
    everything = "\n".join((*told, caplog.text))
    assert "httpcore" in everything
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in everything]
