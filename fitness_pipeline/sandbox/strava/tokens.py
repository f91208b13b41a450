"""The OAuth endpoints: authorize, token and deauthorize."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from fitness_pipeline.sandbox.serving.replies import Refusal, Reply, json_reply, redirect
from fitness_pipeline.sandbox.strava.errors import bad_request
from fitness_pipeline.sandbox.strava.oauth import SCOPES, Tokens
from fitness_pipeline.sandbox.strava.rows import Row
from fitness_pipeline.sandbox.strava.world import StravaWorld

_ALWAYS_ALLOWED_HOSTS = ("localhost", "127.0.0.1")


def authorize(world: StravaWorld, query: Mapping[str, str]) -> Reply:
    """Answer a browser on the authorize page as the athlete would: at once.

    Args:
        world: its `oauth.denies` and `oauth.unticks` are the athlete's answer.
        query: client_id, redirect_uri, response_type, scope and state.

    Returns:
        A redirect to `redirect_uri` with `state`, `code` and the granted `scope`, or with
        `error=access_denied` (Strava API documentation).

    Raises:
        Refusal: the query cannot be answered. The bodies of these are guesses.
    """
    _require_client(world, query, with_secret=False)
    target = query.get("redirect_uri", "")
    is_plain = target.isascii() and target.isprintable()  # it becomes a header
    if not is_plain or urlsplit(target).hostname not in _ALWAYS_ALLOWED_HOSTS:
        raise Refusal(bad_request("Application", "redirect_uri", "invalid"))
    if query.get("response_type") != "code":
        raise Refusal(bad_request("Authorize", "response_type", "invalid"))
    requested = [scope for scope in query.get("scope", "").replace(" ", ",").split(",") if scope]
    if not requested or not set(requested) <= set(SCOPES):
        raise Refusal(bad_request("Authorize", "scope", "invalid"))
    state = query.get("state", "")
    answer = world.oauth.authorize(requested)
    if answer is None:
        return redirect(_with_query(target, {"state": state, "error": "access_denied"}))
    code, granted = answer
    return redirect(_with_query(target, {"state": state, "code": code, "scope": ",".join(granted)}))


def token(world: StravaWorld, parameters: Mapping[str, str], now: datetime) -> Reply:
    """Exchange a code or a refresh token.

    Args:
        world: whose tokens.
        parameters: client_id, client_secret, grant_type, and code or refresh_token.
        now: as of when tokens expire.

    Raises:
        Refusal: with a 400, as for every error here.
    """
    _require_client(world, parameters, with_secret=True)
    grant_type = parameters.get("grant_type")
    if grant_type == "authorization_code":
        tokens = world.oauth.exchange(parameters.get("code", ""), now)
        return json_reply({**_after_exchange(tokens, now), "athlete": world.athlete_summary()})
    if grant_type == "refresh_token":
        tokens = world.oauth.refresh(parameters.get("refresh_token", ""), now)
        return json_reply(_after_refresh(tokens, now))
    raise Refusal(bad_request("Application", "grant_type", "invalid"))


def deauthorize(world: StravaWorld, access_token: str) -> Reply:
    """Revoke everything, and repeat the access token (seen in recorded replies)."""
    world.oauth.revoke()
    return json_reply({"access_token": access_token})


def _require_client(world: StravaWorld, parameters: Mapping[str, str], *, with_secret: bool) -> None:
    client = world.oauth.client
    if parameters.get("client_id") != str(client.id):
        raise Refusal(bad_request("Application", "client_id", "invalid"))
    if with_secret and parameters.get("client_secret") != client.secret:
        raise Refusal(bad_request("Application", "client_secret", "invalid"))  # a guess


def _after_exchange(tokens: Tokens, now: datetime) -> Row:
    """The fields in the order of recorded replies, which is another one after a refresh."""
    return {
        "token_type": "Bearer",
        **_expiry(tokens, now),
        "refresh_token": tokens.refresh,
        "access_token": tokens.access.value,
    }


def _after_refresh(tokens: Tokens, now: datetime) -> Row:
    return {
        "token_type": "Bearer",
        "access_token": tokens.access.value,
        **_expiry(tokens, now),
        "refresh_token": tokens.refresh,
    }


def _expiry(tokens: Tokens, now: datetime) -> Row:
    expires_at = tokens.access.expires_at
    return {
        "expires_at": int(expires_at.timestamp()),
        "expires_in": int((expires_at - now.replace(microsecond=0)).total_seconds()),
    }


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    separator = "&" if urlsplit(url).query else "?"
    # Strava leaves the commas and colons of scopes as they are.
    return f"{url}{separator}{urlencode(parameters, safe=',:')}"
