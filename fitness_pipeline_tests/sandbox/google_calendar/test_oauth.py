"""OAuth: consent, when there is a refresh token, PKCE, tokens that die."""

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from fitness_pipeline.sandbox.google_calendar.grants import EVENTS, SCOPE_ROOT
from fitness_pipeline.sandbox.google_calendar.server import GoogleCalendarSandbox
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Change
from fitness_pipeline_tests.sandbox.google_calendar.callers import LIST, Caller, body_of, call, reason_of

CALLBACK = "http://127.0.0.1:8724/callback"
READING = f"{SCOPE_ROOT}calendar.readonly"


def authorize(caller: Caller, world: GoogleCalendarWorld, **changes: str) -> httpx.Response:
    asked = {
        "client_id": world.oauth.client.id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": EVENTS,
        "state": "s3/+ &=",
        "access_type": "offline",
    }
    return caller.get("/o/oauth2/v2/auth", **(asked | changes))


def answer(reply: httpx.Response) -> dict[str, str]:
    """Return what the browser brings back."""
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith(f"{CALLBACK}?")
    brought = parse_qs(urlsplit(reply.headers["Location"]).query, keep_blank_values=True)
    return {name: value for name, (value,) in brought.items()}


def exchange(caller: Caller, code: str, **changes: str) -> httpx.Response:
    return caller.token("authorization_code", **({"code": code, "redirect_uri": CALLBACK} | changes))


def connected(caller: Caller, world: GoogleCalendarWorld, **asked: str) -> dict[str, object]:
    """Return the tokens after a whole consent."""
    tokens: dict[str, object] = exchange(caller, answer(authorize(caller, world, **asked))["code"]).json()
    return tokens


def error_of(reply: httpx.Response) -> tuple[int, str, str]:
    body = reply.json()
    return reply.status_code, body["error"], body["error_description"]


def test_the_owner_agrees_at_once(caller: Caller, world: GoogleCalendarWorld) -> None:
    brought = answer(authorize(caller, world, scope=f"{EVENTS} {READING} {EVENTS}"))
    assert brought["code"].startswith("4/0A")
    assert (brought["state"], brought["scope"]) == ("s3/+ &=", f"{EVENTS} {READING}")


def test_the_owner_may_say_no(caller: Caller, world: GoogleCalendarWorld) -> None:
    world.oauth.denies = True
    assert answer(authorize(caller, world)) == {"error": "access_denied", "state": "s3/+ &="}


def test_the_owner_may_untick_scopes(caller: Caller, world: GoogleCalendarWorld) -> None:
    world.oauth.unticks = frozenset({EVENTS})
    brought = answer(authorize(caller, world, scope=f"{EVENTS} {READING}"))
    assert brought["scope"] == READING
    tokens = exchange(caller, brought["code"]).json()
    assert tokens["scope"] == READING
    caller.use(tokens["access_token"])
    assert caller.get(LIST).status_code == 200
    assert reason_of(caller.insert(body_of())) == (403, "insufficientPermissions")
    assert caller.statuses([call("POST", LIST, body_of())]) == {1: 403}
    assert answer(authorize(caller, world))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"client_id": "somebody"}, 401, "invalid_client"),
        ({"redirect_uri": "https://example.org/callback"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "https://127.0.0.1/callback"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://127.0.0.1/\r\nSet-Cookie: a=b"}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 400, "invalid_request"),
        ({"scope": ""}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"code_challenge": "abc", "code_challenge_method": "S512"}, 400, "invalid_request"),
    ],
)
def test_an_authorize_page_that_cannot_be_shown_is_an_error_page(
    caller: Caller, world: GoogleCalendarWorld, changes: dict[str, str], status: int, told: str
) -> None:
    reply = authorize(caller, world, **changes)
    assert reply.status_code == status
    assert f"Error {status}: {told}" in reply.text
    assert reply.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:1", "[::1]:8080"])
def test_every_way_to_name_this_machine_is_allowed(
    caller: Caller, world: GoogleCalendarWorld, host: str
) -> None:
    target = f"http://{host}/done?from=google"
    location = authorize(caller, world, redirect_uri=target).headers["Location"]
    assert location.startswith(f"{target}&state=")


def test_a_code_buys_tokens_once(caller: Caller, world: GoogleCalendarWorld) -> None:
    world.oauth.revoke()
    code = answer(authorize(caller, world))["code"]
    tokens = exchange(caller, code).json()
    assert list(tokens) == ["access_token", "expires_in", "refresh_token", "scope", "token_type"]
    assert (tokens["expires_in"], tokens["scope"], tokens["token_type"]) == (3599, EVENTS, "Bearer")
    caller.use(tokens["access_token"])
    assert caller.insert(body_of()).status_code == 200
    assert error_of(exchange(caller, code)) == (400, "invalid_grant", "Bad Request")
    assert error_of(exchange(caller, "4/0Anothing")) == (400, "invalid_grant", "Malformed auth code.")


def test_a_code_is_for_its_own_address_and_for_ten_minutes(
    caller: Caller, world: GoogleCalendarWorld, clock: SettableClock
) -> None:
    code = answer(authorize(caller, world))["code"]
    elsewhere = exchange(caller, code, redirect_uri="http://127.0.0.1:1/callback")
    assert error_of(elsewhere)[:2] == (400, "redirect_uri_mismatch")
    code = answer(authorize(caller, world))["code"]
    clock.advance(timedelta(minutes=10))
    assert error_of(exchange(caller, code))[:2] == (400, "invalid_grant")


def test_only_an_offline_wish_has_a_refresh_token(caller: Caller, world: GoogleCalendarWorld) -> None:
    world.oauth.revoke()
    assert "refresh_token" not in connected(caller, world, access_type="online", prompt="consent")


def test_who_agreed_before_must_be_asked_again_for_a_refresh_token(
    caller: Caller, world: GoogleCalendarWorld
) -> None:
    world.oauth.revoke()
    first = connected(caller, world)["refresh_token"]
    assert "refresh_token" not in connected(caller, world)
    second = connected(caller, world, prompt="select_account consent")["refresh_token"]
    assert first != second
    assert caller.refresh(str(first)).status_code == caller.refresh(str(second)).status_code == 200
    world.oauth.kill_refresh_token()
    assert "refresh_token" not in connected(caller, world)
    world.oauth.revoke()
    assert "refresh_token" in connected(caller, world)


def test_a_refresh_brings_an_access_token_and_no_refresh_token(
    caller: Caller, world: GoogleCalendarWorld, clock: SettableClock
) -> None:
    refresh_token = world.oauth.connect()
    first = caller.refresh(refresh_token).json()
    assert list(first) == ["access_token", "expires_in", "scope", "token_type"]
    second = caller.refresh(refresh_token).json()
    assert first["access_token"] != second["access_token"]
    caller.use(first["access_token"])
    clock.advance(timedelta(seconds=3598))
    assert caller.get(LIST).status_code == 200
    clock.advance(timedelta(seconds=1))
    assert reason_of(caller.get(LIST)) == (401, "authError")


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("asked", "proof", "error"),
    [
        ({"code_challenge": challenge("v" * 43), "code_challenge_method": "S256"}, "v" * 43, None),
        (
            {"code_challenge": challenge("v" * 43), "code_challenge_method": "S256"},
            "w" * 43,
            "Invalid code verifier.",
        ),
        (
            {"code_challenge": challenge("v" * 43), "code_challenge_method": "S256"},
            "",
            "Missing code verifier.",
        ),
        ({"code_challenge": "v" * 43}, "v" * 43, None),
        ({"code_challenge": "v" * 43}, "w" * 43, "Invalid code verifier."),
    ],
)
def test_who_was_challenged_must_prove_it(
    caller: Caller, world: GoogleCalendarWorld, asked: dict[str, str], proof: str, error: str | None
) -> None:
    code = answer(authorize(caller, world, **asked))["code"]
    reply = exchange(caller, code, **({"code_verifier": proof} if proof else {}))
    if error is None:
        assert reply.status_code == 200
    else:
        assert error_of(reply) == (400, "invalid_grant", error)


def test_an_unknown_client_is_refused(caller: Caller, world: GoogleCalendarWorld) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": world.oauth.connect()}
    unknown = error_of(caller.token(**form, client_id="somebody"))
    assert unknown == (401, "invalid_client", "The OAuth client was not found.")
    assert error_of(caller.token(**form, client_secret="wrong"))[:2] == (401, "invalid_client")  # noqa: S106


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code", "redirect_uri": CALLBACK}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "4/0A"}, "invalid_request"),
    ],
    ids=str,
)
def test_a_form_that_lacks_something_is_refused(caller: Caller, form: dict[str, str], error: str) -> None:
    assert error_of(caller.token(**form))[:2] == (400, error)
    assert caller.http.post("/token", json=form).status_code == 401  # JSON is no form


def test_tests_can_revoke_and_kill_tokens(caller: Caller, world: GoogleCalendarWorld) -> None:
    dead = (400, "invalid_grant", "Token has been expired or revoked.")
    refresh_token = caller.connect()
    world.oauth.kill_refresh_token()
    assert caller.get(LIST).status_code == 200
    assert error_of(caller.refresh(refresh_token)) == dead
    assert world.oauth.refresh_token is None
    refresh_token = caller.connect()
    world.oauth.kill_access_tokens()
    assert reason_of(caller.get(LIST)) == (401, "authError")
    assert caller.refresh(refresh_token).status_code == 200
    world.oauth.revoke()
    assert error_of(caller.refresh(refresh_token)) == dead


@pytest.mark.parametrize(
    ("scope", "reads", "writes"),
    [
        ("calendar", True, True),
        ("calendar.events", True, True),
        ("calendar.events.owned", True, True),
        ("calendar.events.readonly", True, False),
        ("calendar.readonly", True, False),
        ("calendar.settings.readonly", False, False),
        ("drive", False, False),
    ],
)
def test_a_token_opens_what_its_scopes_reach(caller: Caller, scope: str, reads: bool, writes: bool) -> None:
    caller.connect((f"{SCOPE_ROOT}{scope}",))
    refused = (403, "insufficientPermissions")
    for reply, is_allowed in ((caller.get(LIST), reads), (caller.insert(body_of()), writes)):
        assert reply.status_code == 200 if is_allowed else reason_of(reply) == refused


def test_nothing_works_without_a_living_token(caller: Caller) -> None:
    token = caller.http.headers.pop("Authorization").removeprefix("Bearer ")
    reply = caller.get(LIST)
    assert reason_of(reply) == (401, "authError")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer ")
    assert caller.get(LIST, access_token=token).status_code == 200
    caller.use(f"{token}x")
    assert caller.get(LIST).status_code == 401


def test_equal_worlds_issue_equal_tokens() -> None:
    assert GoogleCalendarWorld().oauth.connect() == GoogleCalendarWorld().oauth.connect()


def test_every_secret_that_was_issued_is_known_and_none_is_printed(
    caller: Caller, sandbox: GoogleCalendarSandbox
) -> None:
    world = sandbox.world
    asked = {"code_challenge": challenge("v" * 43), "code_challenge_method": "S256", "prompt": "consent"}
    code = answer(authorize(caller, world, **asked))["code"]
    tokens = exchange(caller, code, code_verifier="v" * 43).json()
    caller.use(tokens["access_token"])
    caller.get(LIST, access_token=tokens["access_token"])
    bearer = f"Bearer {tokens['access_token']}"
    caller.statuses([call("GET", f"{LIST}?access_token={tokens['access_token']}", Authorization=bearer)])
    seen: list[object] = []

    def see(request: object) -> bool:
        seen.append(request)
        return False

    sandbox.faults.order(Change(lambda world: None), when=see)
    sandbox.faults.order(Change(lambda world: None), when=see, inner=True)
    caller.batch([call("GET", LIST, Authorization=bearer)])
    caller.refresh(tokens["refresh_token"])
    secrets = world.oauth.secrets()
    assert {code, tokens["access_token"], tokens["refresh_token"], world.oauth.client.secret} < secrets
    shown = repr((seen, sandbox.log.requests, sandbox.log.inner_calls, world.oauth.client, vars(world)))
    assert len(seen) == 3
    assert not [secret for secret in secrets if secret in shown]
    assert "v" * 43 not in shown
