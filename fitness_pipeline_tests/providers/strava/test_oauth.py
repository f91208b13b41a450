"""Asking Strava for tokens: what is sent, what comes back, and what each failure is called."""

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from fitness_pipeline.errors import (
    AuthorizationRefused,
    ClientRefused,
    NeedsReauthorization,
    ProviderError,
    ProviderUnavailable,
    UnexpectedReply,
)
from fitness_pipeline.providers.strava import oauth
from fitness_pipeline.providers.strava.oauth import (
    StravaClient,
    consent_url,
    exchange_code,
    refresh_tokens,
)
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Hold, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import json_reply, raw_json_reply
from fitness_pipeline.sandbox.strava import errors
from fitness_pipeline.sandbox.strava.rows import ATHLETE_ID
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.moments import NOW

PASSING: dict[str, Fault] = {
    "an outage": Answer(errors.outage()),
    "an error of Strava's": Answer(errors.server_error()),
    "too many requests": Answer(errors.rate_limited()),
    "too many requests, in the other shape": Answer(errors.rate_limited(shape="plain")),
    "a reset": Reset(),
    "a reset after the work": Reset(moment="after"),
    "an answer that is cut off": Truncation(),
    "JSON that is cut off": Truncation(is_noticed=False),
    "a page instead of JSON": Answer(replace(errors.outage(), status=200)),
    "nothing at all": Answer(raw_json_reply(b"")),
}
STRANGE: dict[str, Fault] = {
    "no tokens": Answer(json_reply({})),
    "an empty token": Answer(json_reply({"access_token": "", "refresh_token": "x", "expires_at": 1})),
    "a time that is none": Answer(json_reply({"access_token": "x", "refresh_token": "x", "expires_at": "?"})),
    "a time out of this world": Answer(
        json_reply({"access_token": "x", "refresh_token": "x", "expires_at": 10**20})
    ),
    "another address": Answer(errors.not_found()),
    "another kind of refusal": Answer(json_reply({"error": "invalid_request"}, 400)),
    "a refusal in words": Answer(json_reply({"errors": "No", "message": "Bad Request"}, 400)),
    "a redirect": Answer(replace(errors.not_found(), status=302)),
}


@pytest.fixture
def sandbox() -> Iterator[StravaSandbox]:
    """A Strava whose clock stands still."""
    with StravaSandbox(clock=SettableClock(NOW)) as serving:
        yield serving


@pytest.fixture
def client(sandbox: StravaSandbox) -> StravaClient:
    """The application that it knows."""
    known = sandbox.world.oauth.client
    return StravaClient(id=str(known.id), secret=SecretStr(known.secret), token_url=sandbox.token_url)


@pytest.fixture
def code(sandbox: StravaSandbox) -> SecretStr:
    """What comes with the athlete's yes."""
    answer = sandbox.world.oauth.authorize(oauth.REQUESTED_SCOPES)
    assert answer is not None
    return SecretStr(answer[0])


@pytest.fixture
def refresh_token(sandbox: StravaSandbox) -> SecretStr:
    """One that works."""
    return SecretStr(sandbox.world.oauth.connect())


def test_the_page_is_asked_for_with_all_that_strava_wants_to_know() -> None:
    url = consent_url("https://strava.test/oauth/authorize", "17", "http://127.0.0.1:9/callback", "s&1")
    assert url.startswith("https://strava.test/oauth/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["17"],
        "redirect_uri": ["http://127.0.0.1:9/callback"],
        "response_type": ["code"],
        "approval_prompt": ["force"],
        "scope": ["read,activity:read,activity:read_all"],
        "state": ["s&1"],
    }


def test_a_code_is_exchanged_for_tokens_and_tells_whose_they_are(
    client: StravaClient, code: SecretStr, sandbox: StravaSandbox
) -> None:
    tokens = exchange_code(client, code)
    assert tokens.refresh_token.get_secret_value() == sandbox.world.oauth.refresh_token
    assert tokens.expires_at == NOW + timedelta(hours=6)
    assert tokens.athlete_id == ATHLETE_ID


def test_a_code_works_once(client: StravaClient, code: SecretStr) -> None:
    exchange_code(client, code)
    with pytest.raises(AuthorizationRefused, match="works once"):
        exchange_code(client, code)


def test_a_refresh_brings_the_refresh_token_that_counts_from_now_on(
    client: StravaClient, refresh_token: SecretStr, sandbox: StravaSandbox
) -> None:
    tokens = refresh_tokens(client, refresh_token)
    assert tokens.refresh_token != refresh_token
    assert tokens.refresh_token.get_secret_value() == sandbox.world.oauth.refresh_token
    assert tokens.athlete_id is None
    assert refresh_tokens(client, tokens.refresh_token) == tokens  # more than an hour is left


def test_a_dead_refresh_token_needs_a_person(client: StravaClient, refresh_token: SecretStr) -> None:
    refresh_tokens(client, refresh_token)
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth strava"):
        refresh_tokens(client, refresh_token)


@pytest.mark.parametrize("change", [{"id": "1"}, {"secret": SecretStr("hunter2")}])
def test_a_wrong_application_is_an_error_of_its_own(
    client: StravaClient, refresh_token: SecretStr, change: dict[str, SecretStr]
) -> None:
    with pytest.raises(ClientRefused, match="STRAVA_CLIENT_SECRET"):
        refresh_tokens(replace(client, **change), refresh_token)  # type: ignore[arg-type]


def test_an_inactive_application_is_named(
    client: StravaClient, refresh_token: SecretStr, sandbox: StravaSandbox
) -> None:
    sandbox.faults.order(Answer(errors.application_inactive()))
    with pytest.raises(ClientRefused, match="inactive"):
        refresh_tokens(client, refresh_token)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_told_from_what_does_not(
    client: StravaClient, refresh_token: SecretStr, sandbox: StravaSandbox, fault: Fault
) -> None:
    sandbox.faults.order(fault)
    with pytest.raises(ProviderUnavailable, match="Nothing was changed"):
        refresh_tokens(client, refresh_token)


@pytest.mark.parametrize("fault", STRANGE.values(), ids=STRANGE)
def test_an_answer_that_nobody_foresaw_is_not_taken_for_another(
    client: StravaClient, refresh_token: SecretStr, sandbox: StravaSandbox, fault: Fault
) -> None:
    sandbox.faults.order(fault)
    with pytest.raises(UnexpectedReply, match="STRAVA_TOKEN_URL"):
        refresh_tokens(client, refresh_token)


def test_strava_is_not_waited_for_for_ever(
    client: StravaClient, refresh_token: SecretStr, sandbox: StravaSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth, "_PATIENCE", httpx.Timeout(0.2))
    hold = Hold()
    sandbox.faults.order(hold)
    with pytest.raises(ProviderUnavailable, match="did not answer in time"):
        refresh_tokens(client, refresh_token)
    hold.release()


def test_an_address_where_nobody_answers_is_said_to_be_so(
    client: StravaClient, refresh_token: SecretStr
) -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        refresh_tokens(replace(client, token_url="http://127.0.0.1:1/"), refresh_token)  # noqa: S106


def test_no_failure_and_no_log_tells_a_secret(
    client: StravaClient, code: SecretStr, sandbox: StravaSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    tokens = exchange_code(client, code)
    told.append(repr((client, code, tokens)))
    for fault in (*PASSING.values(), *STRANGE.values(), None):
        if fault is not None:
            sandbox.faults.order(fault)
        else:
            sandbox.world.oauth.kill_refresh_token()
        with pytest.raises(ProviderError) as raised:
            refresh_tokens(client, tokens.refresh_token)
        told += [repr(raised.value), *traceback.format_exception(raised.value)]
    assert "httpcore" in caplog.text
    everything = "\n".join((*told, caplog.text))
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in everything]
