"""OAuth: consent, the one-hour rule, rotation, revocation."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.callers import LIST, Caller

CALLBACK = "http://localhost:8723/callback"


def authorize(caller: Caller, world: StravaWorld, **changes: object) -> httpx.Response:
    asked = {
        "client_id": world.oauth.client.id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "approval_prompt": "auto",
        "scope": "activity:read_all,profile:read_all",
        "state": "s3/+ &=",
    }
    return caller.get("/oauth/authorize", **(asked | changes))


def answer(reply: httpx.Response) -> dict[str, list[str]]:
    """Return what the browser brings back."""
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith(f"{CALLBACK}?")
    return parse_qs(urlsplit(reply.headers["Location"]).query, keep_blank_values=True)


def test_the_athlete_agrees_at_once_and_read_comes_with_it(caller: Caller, world: StravaWorld) -> None:
    brought = answer(authorize(caller, world))
    assert brought["state"] == ["s3/+ &="]
    assert brought["scope"] == ["read,profile:read_all,activity:read_all"]
    assert len(brought["code"][0]) == 40


def test_the_athlete_may_untick_scopes(caller: Caller, world: StravaWorld) -> None:
    world.oauth.unticks = frozenset({"activity:read_all"})
    brought = answer(authorize(caller, world))
    assert brought["scope"] == ["read,profile:read_all"]
    caller.use(caller.token("authorization_code", code=brought["code"][0]).json())
    assert caller.get(LIST).status_code == 401
    assert caller.get("/api/v3/athlete").status_code == 200


def test_the_athlete_may_say_no(caller: Caller, world: StravaWorld) -> None:
    world.oauth.denies = True
    assert answer(authorize(caller, world)) == {"state": ["s3/+ &="], "error": ["access_denied"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_id": 1}, "client_id"),
        ({"redirect_uri": "https://example.org/callback"}, "redirect_uri"),
        ({"redirect_uri": "http://localhost/\r\nSet-Cookie: a=b"}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "everything"}, "scope"),
        ({"scope": ""}, "scope"),
    ],
)
def test_an_authorize_page_that_cannot_be_shown_is_a_400(
    caller: Caller, world: StravaWorld, changes: dict[str, object], field: str
) -> None:
    reply = authorize(caller, world, **changes)
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["field"] == field


def test_a_code_buys_tokens_for_six_hours_and_an_athlete_once(caller: Caller, world: StravaWorld) -> None:
    (code,) = answer(authorize(caller, world))["code"]
    bought = caller.token("authorization_code", code=code).json()
    assert list(bought) == [
        "token_type",
        "expires_at",
        "expires_in",
        "refresh_token",
        "access_token",
        "athlete",
    ]
    assert (bought["token_type"], bought["expires_in"]) == ("Bearer", 21600)
    assert bought["expires_at"] == NOW.timestamp() + 21600
    assert bought["athlete"]["resource_state"] == 2
    again = caller.token("authorization_code", code=code)
    assert (again.status_code, again.json()["errors"]) == (
        400,
        [{"resource": "RequestToken", "field": "code", "code": "invalid"}],
    )


def test_with_more_than_an_hour_left_the_same_tokens_come_back(
    caller: Caller, world: StravaWorld, clock: SettableClock
) -> None:
    first = caller.refresh(world.oauth.connect()).json()
    assert list(first) == ["token_type", "access_token", "expires_at", "expires_in", "refresh_token"]
    clock.advance(timedelta(hours=4, minutes=59, seconds=59))
    second = caller.refresh(first["refresh_token"]).json()
    assert second == first | {"expires_in": 3601}


def test_with_an_hour_left_there_are_new_tokens_and_the_old_refresh_token_is_dead(
    caller: Caller, world: StravaWorld, clock: SettableClock
) -> None:
    first = caller.refresh(world.oauth.connect()).json()
    clock.advance(timedelta(hours=5))
    second = caller.refresh(first["refresh_token"]).json()
    assert second["expires_in"] == 21600
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    dead = caller.refresh(first["refresh_token"])
    assert (dead.status_code, dead.json()) == (
        400,
        {
            "message": "Bad Request",
            "errors": [{"resource": "RefreshToken", "field": "refresh_token", "code": "invalid"}],
        },
    )
    assert caller.refresh(second["refresh_token"]).status_code == 200


def test_an_older_access_token_works_until_it_expires(
    caller: Caller, world: StravaWorld, clock: SettableClock
) -> None:
    tokens = caller.refresh(world.oauth.connect()).json()
    caller.use(tokens)
    clock.advance(timedelta(hours=5, minutes=59))
    caller.refresh(tokens["refresh_token"])
    assert caller.get(LIST).status_code == 200
    clock.advance(timedelta(minutes=1))
    expired = caller.get(LIST)
    assert (expired.status_code, expired.json()) == (
        401,
        {
            "message": "Authorization Error",
            "errors": [{"resource": "Application", "field": "", "code": "invalid"}],
        },
    )


@pytest.mark.parametrize("field", ["client_id", "client_secret", "grant_type"])
def test_an_unknown_client_is_refused_in_strava_s_own_shape(
    caller: Caller, world: StravaWorld, field: str
) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": world.oauth.connect()}
    reply = caller.token(**(form | {field: "12"}))
    assert (reply.status_code, reply.json()["errors"]) == (
        400,
        [{"resource": "Application", "field": field, "code": "invalid"}],
    )


def test_deauthorizing_ends_every_token_and_repeats_the_access_token(
    caller: Caller, sandbox: StravaSandbox
) -> None:
    token = caller.http.headers["Authorization"].removeprefix("Bearer ")
    reply = caller.http.post("/oauth/deauthorize")
    assert reply.json() == {"access_token": token}
    assert reply.headers["X-RateLimit-Usage"] == "1,1"
    assert reply.headers["X-ReadRateLimit-Usage"] == "0,0"
    assert caller.get(LIST).status_code == 401
    assert caller.refresh(caller.refresh_token).status_code == 400
    assert sandbox.world.oauth.refresh_token is None


def test_tests_can_revoke_and_kill_tokens(caller: Caller, world: StravaWorld) -> None:
    world.oauth.kill_refresh_token()
    assert caller.get(LIST).status_code == 200
    assert caller.refresh(caller.refresh_token).status_code == 400
    caller.connect()
    world.oauth.kill_access_tokens()
    assert caller.get(LIST).status_code == 401
    assert caller.refresh(caller.refresh_token).status_code == 200
    world.oauth.revoke()
    assert caller.refresh(caller.refresh_token).status_code == 400


def test_a_token_may_come_as_a_parameter(caller: Caller, world: StravaWorld) -> None:
    token = caller.http.headers.pop("Authorization").removeprefix("Bearer ")
    assert caller.get(LIST).status_code == 401
    assert caller.get(LIST, access_token=token).status_code == 200


def test_every_secret_that_was_issued_is_known(caller: Caller, world: StravaWorld) -> None:
    (code,) = answer(authorize(caller, world))["code"]
    tokens = caller.token("authorization_code", code=code).json()
    secrets = world.oauth.secrets()
    assert {code, tokens["access_token"], tokens["refresh_token"], world.oauth.client.secret} < secrets


def test_nothing_that_is_printed_shows_a_token(caller: Caller, sandbox: StravaSandbox) -> None:
    caller.get(LIST, access_token="abc", per_page=3)  # noqa: S106 - not a real one
    caller.refresh(caller.refresh_token)
    shown = repr((sandbox.log.requests, sandbox.world.oauth.client, sandbox.world.oauth.unticks))
    assert "abc" not in shown
    assert not [secret for secret in sandbox.world.oauth.secrets() if secret in shown]
