"""Asking Google for tokens: what is sent, what comes back, and what each failure is called."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

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
from fitness_pipeline.providers.google_calendar import oauth
from fitness_pipeline.providers.google_calendar.consent import SCOPE, Consent, new_verifier, read_consent
from fitness_pipeline.providers.google_calendar.oauth import (
    GoogleClient,
    consent_url,
    exchange_code,
    refresh_tokens,
)
from fitness_pipeline.sandbox.google_calendar import errors
from fitness_pipeline.sandbox.google_calendar.oauth_errors import invalid_grant
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Hold, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import json_reply, raw_json_reply
from fitness_pipeline_tests.moments import NOW

# Not the present: what is asked for counts from the time that the caller tells.
BACK = "http://127.0.0.1:9/callback"
GRANTED = {
    "access_token": "ya29.x",
    "expires_in": 3599,
    "refresh_token": "1//0x",
    "scope": SCOPE,
    "token_type": "Bearer",
}
PASSING: dict[str, Fault] = {
    "a 503": Answer(errors.backend_error(503)),
    "an outage": Answer(errors.outage()),
    "too many requests": Answer(errors.rate_limited(429)),
    "a failure that names itself": Answer(invalid_grant("", error="temporarily_unavailable")),
    "a reset": Reset(),
    "a reset after the work": Reset(moment="after"),
    "an answer that is cut off": Truncation(),
    "JSON that is cut off": Truncation(is_noticed=False),
    "a page instead of JSON": Answer(replace(errors.outage(), status=200)),
    "nothing at all": Answer(raw_json_reply(b"")),
}
STRANGE: dict[str, Fault] = {
    "no tokens": Answer(json_reply({"refresh_token": "1//0x"})),
    "an empty token": Answer(json_reply({**GRANTED, "access_token": ""})),
    "a token that is none": Answer(json_reply({**GRANTED, "access_token": 7})),
    "no end": Answer(json_reply({name: GRANTED[name] for name in GRANTED if name != "expires_in"})),
    "an end that is none": Answer(json_reply({**GRANTED, "expires_in": "?"})),
    "an end out of this world": Answer(json_reply({**GRANTED, "expires_in": 10**20})),
    "another address": Answer(errors.not_found()),
    "another kind of refusal": Answer(invalid_grant("", error="invalid_request")),
    "a refusal in words": Answer(json_reply("No", 400)),
    "a redirect": Answer(replace(errors.not_found(), status=302, headers=(("Location", "/token"),))),
}


@pytest.fixture
def sandbox() -> Iterator[GoogleCalendarSandbox]:
    """A Google whose clock stands still."""
    with GoogleCalendarSandbox(clock=SettableClock(NOW)) as serving:
        yield serving


@pytest.fixture
def client(sandbox: GoogleCalendarSandbox) -> GoogleClient:
    """The application that it knows."""
    known = sandbox.world.oauth.client
    token_url = sandbox.environment()["GOOGLE_TOKEN_URL"]
    return GoogleClient(id=known.id, secret=SecretStr(known.secret), token_url=token_url)


@pytest.fixture
def agree(sandbox: GoogleCalendarSandbox, client: GoogleClient) -> Callable[[], Consent]:
    """Says yes on the page."""

    def agreed() -> Consent:
        verifier = new_verifier()
        url = consent_url(
            sandbox.environment()["GOOGLE_AUTHORIZE_URL"], client.id, BACK, "the state", verifier
        )
        answer = dict(parse_qsl(urlsplit(httpx.get(url).headers["Location"]).query))
        assert answer["state"] == "the state"
        return read_consent(answer, redirect_uri=BACK, verifier=verifier)

    return agreed


@pytest.fixture
def refresh_token(sandbox: GoogleCalendarSandbox) -> SecretStr:
    """One that works."""
    return SecretStr(sandbox.world.oauth.connect())


def test_the_page_is_asked_for_with_all_that_google_wants_to_know() -> None:
    verifier = SecretStr("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    url = consent_url("https://google.test/o/oauth2/v2/auth", "17", BACK, "s&1", verifier)
    assert url.startswith("https://google.test/o/oauth2/v2/auth?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["17"],
        "redirect_uri": [BACK],
        "response_type": ["code"],
        "scope": ["https://www.googleapis.com/auth/calendar.events"],
        "access_type": ["offline"],
        "prompt": ["consent"],
        "state": ["s&1"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],
        "code_challenge_method": ["S256"],
    }


def test_a_code_is_exchanged_for_tokens_and_for_a_refresh_token_each_time(
    client: GoogleClient, agree: Callable[[], Consent], sandbox: GoogleCalendarSandbox
) -> None:
    for _ in range(2):
        grant = exchange_code(client, agree(), now=NOW)
        assert grant.tokens.refresh_token.get_secret_value() == sandbox.world.oauth.refresh_token
        assert grant.tokens.expires_at == NOW + timedelta(seconds=3599)
        assert (grant.scopes, grant.ends_at) == ((SCOPE,), None)


def test_a_code_works_once(client: GoogleClient, agree: Callable[[], Consent]) -> None:
    consent = agree()
    exchange_code(client, consent, now=NOW)
    with pytest.raises(AuthorizationRefused, match=r"works once.+`fitness-pipeline auth google`"):
        exchange_code(client, consent, now=NOW)


def test_a_code_is_of_no_use_to_who_did_not_ask_for_it(
    client: GoogleClient, agree: Callable[[], Consent]
) -> None:
    with pytest.raises(AuthorizationRefused):
        exchange_code(client, replace(agree(), verifier=new_verifier()), now=NOW)


def test_access_without_a_refresh_token_is_refused_with_the_next_step(
    client: GoogleClient, agree: Callable[[], Consent], sandbox: GoogleCalendarSandbox
) -> None:
    without = {name: GRANTED[name] for name in GRANTED if name != "refresh_token"}
    sandbox.faults.order(Answer(json_reply(without)), path="/token")
    with pytest.raises(AuthorizationRefused, match=r"https://myaccount\.google\.com/connections"):
        exchange_code(client, agree(), now=NOW)


def test_tokens_for_something_else_are_refused(
    client: GoogleClient, agree: Callable[[], Consent], sandbox: GoogleCalendarSandbox
) -> None:
    sandbox.faults.order(Answer(json_reply({**GRANTED, "scope": "openid email"})), path="/token")
    with pytest.raises(AuthorizationRefused, match="not one run could be put there"):
        exchange_code(client, agree(), now=NOW)


def test_an_application_in_testing_is_told_when_its_refresh_token_dies(
    client: GoogleClient, agree: Callable[[], Consent], sandbox: GoogleCalendarSandbox
) -> None:
    sandbox.faults.order(Answer(json_reply({**GRANTED, "refresh_token_expires_in": 604799})), path="/token")
    assert exchange_code(client, agree(), now=NOW).ends_at == NOW + timedelta(days=7, seconds=-1)


def test_a_refresh_keeps_the_refresh_token_that_the_answer_does_not_repeat(
    client: GoogleClient, refresh_token: SecretStr
) -> None:
    tokens = refresh_tokens(client, refresh_token, now=NOW)
    assert tokens.refresh_token == refresh_token
    assert tokens.expires_at == NOW + timedelta(seconds=3599)
    assert tokens.access_token != refresh_tokens(client, refresh_token, now=NOW).access_token


def test_a_refresh_token_that_was_rotated_counts_from_now_on(
    client: GoogleClient, refresh_token: SecretStr, sandbox: GoogleCalendarSandbox
) -> None:
    sandbox.faults.order(Answer(json_reply(GRANTED)))
    assert refresh_tokens(client, refresh_token, now=NOW).refresh_token.get_secret_value() == "1//0x"


def test_a_dead_refresh_token_needs_a_person(
    client: GoogleClient, refresh_token: SecretStr, sandbox: GoogleCalendarSandbox
) -> None:
    sandbox.world.oauth.kill_refresh_token()
    with pytest.raises(NeedsReauthorization, match="fitness-pipeline auth google"):
        refresh_tokens(client, refresh_token, now=NOW)


@pytest.mark.parametrize("change", [{"id": "1"}, {"secret": SecretStr("hunter2")}], ids=["id", "secret"])
def test_a_wrong_application_is_an_error_of_its_own(
    client: GoogleClient, refresh_token: SecretStr, agree: Callable[[], Consent], change: dict[str, Any]
) -> None:
    with pytest.raises(ClientRefused, match="GOOGLE_CLIENT_SECRET"):
        refresh_tokens(replace(client, **change), refresh_token, now=NOW)
    with pytest.raises(ClientRefused, match="GOOGLE_CLIENT_SECRET"):
        exchange_code(replace(client, **change), agree(), now=NOW)


def test_an_application_that_was_deleted_is_an_error_of_its_own(
    client: GoogleClient, refresh_token: SecretStr, sandbox: GoogleCalendarSandbox
) -> None:
    sandbox.faults.order(Answer(json_reply({"error": "deleted_client"}, 401)))
    with pytest.raises(ClientRefused, match="GOOGLE_CLIENT_ID"):
        refresh_tokens(client, refresh_token, now=NOW)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_told_from_what_does_not(
    client: GoogleClient,
    refresh_token: SecretStr,
    agree: Callable[[], Consent],
    sandbox: GoogleCalendarSandbox,
    fault: Fault,
) -> None:
    sandbox.faults.order(fault, path="/token", times=None)  # httplib2 asks again after a reset
    with pytest.raises(ProviderUnavailable, match="Nothing was changed"):
        refresh_tokens(client, refresh_token, now=NOW)
    with pytest.raises(ProviderUnavailable, match="Nothing was changed"):
        exchange_code(client, agree(), now=NOW)


@pytest.mark.parametrize("fault", STRANGE.values(), ids=STRANGE)
def test_an_answer_that_nobody_foresaw_is_not_taken_for_another(
    client: GoogleClient,
    refresh_token: SecretStr,
    agree: Callable[[], Consent],
    sandbox: GoogleCalendarSandbox,
    fault: Fault,
) -> None:
    sandbox.faults.order(fault, path="/token", times=2)
    with pytest.raises(UnexpectedReply, match="GOOGLE_TOKEN_URL"):
        refresh_tokens(client, refresh_token, now=NOW)
    with pytest.raises(UnexpectedReply, match="GOOGLE_TOKEN_URL"):
        exchange_code(client, agree(), now=NOW)


def test_a_failure_is_told_at_once_and_not_tried_again_while_others_wait(
    client: GoogleClient, refresh_token: SecretStr, sandbox: GoogleCalendarSandbox
) -> None:
    sandbox.faults.order(Answer(errors.backend_error(503)), times=None)
    with pytest.raises(ProviderUnavailable, match="HTTP 503"):
        refresh_tokens(client, refresh_token, now=NOW)
    assert sandbox.log.count("/token") == 1


def test_google_is_not_waited_for_for_ever(
    client: GoogleClient,
    refresh_token: SecretStr,
    agree: Callable[[], Consent],
    sandbox: GoogleCalendarSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consent = agree()
    monkeypatch.setattr(oauth, "_PATIENCE_SECONDS", 0.2)
    hold = Hold()
    sandbox.faults.order(hold, times=None)
    with pytest.raises(ProviderUnavailable, match="did not answer in time"):
        refresh_tokens(client, refresh_token, now=NOW)
    with pytest.raises(ProviderUnavailable, match="did not answer in time"):
        exchange_code(client, consent, now=NOW)
    hold.release()


def test_an_address_where_nobody_answers_is_said_to_be_so(
    client: GoogleClient, refresh_token: SecretStr, agree: Callable[[], Consent]
) -> None:
    nowhere = replace(client, token_url="http://127.0.0.1:1/token")  # noqa: S106 - an address
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        refresh_tokens(nowhere, refresh_token, now=NOW)
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        exchange_code(nowhere, agree(), now=NOW)


def test_no_failure_and_no_log_tells_a_secret(
    client: GoogleClient,
    agree: Callable[[], Consent],
    sandbox: GoogleCalendarSandbox,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):  # the browser's own log is not ours
        consents = [agree() for _ in range(len(PASSING) + len(STRANGE) + 2)]
    caplog.set_level(logging.DEBUG)
    first, *others = consents
    grant = exchange_code(client, first, now=NOW)
    told = [repr((client, first, grant))]
    for fault, consent in zip((*PASSING.values(), *STRANGE.values(), None), others, strict=True):
        sandbox.faults.clear()
        if fault is not None:
            sandbox.faults.order(fault, path="/token", times=None)
        else:
            sandbox.world.oauth.revoke()
        asking = (
            partial(refresh_tokens, client, grant.tokens.refresh_token, now=NOW),
            partial(exchange_code, client, consent, now=NOW),
        )
        for ask in asking:
            with pytest.raises(ProviderError) as raised:
                ask()
            told += [repr(raised.value), *traceback.format_exception(raised.value)]
    everything = "\n".join((*told, caplog.text))
    assert "Making request: POST" in everything
    secrets = {
        *sandbox.world.oauth.secrets(),
        *(consent.verifier.get_secret_value() for consent in consents),
    }
    assert not [secret for secret in secrets if secret in everything]
