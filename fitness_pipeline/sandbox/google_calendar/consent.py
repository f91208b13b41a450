"""The OAuth endpoints: the authorize page, and the exchange of codes and refresh tokens."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from fitness_pipeline.sandbox.google_calendar.grants import SCOPE_ROOT, Tokens, Wish
from fitness_pipeline.sandbox.google_calendar.oauth import ACCESS_TOKEN_SECONDS, Authorizations
from fitness_pipeline.sandbox.google_calendar.oauth_errors import (
    consent_error,
    invalid_client,
    invalid_request,
)
from fitness_pipeline.sandbox.google_calendar.proof import METHODS, Challenge
from fitness_pipeline.sandbox.serving.replies import Refusal, Reply, json_reply, redirect

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SIGN_IN_SCOPES = ("openid", "email", "profile")


def authorize(oauth: Authorizations, query: Mapping[str, str], now: datetime) -> Reply:
    """Answer a browser on the authorize page as the owner would: at once.

    Args:
        oauth: its `denies` and `unticks` are the owner's answer.
        query: client_id, redirect_uri, response_type, scope, state, access_type, prompt, code_challenge and
            code_challenge_method.
        now: as of when a code expires.

    Returns:
        A redirect to `redirect_uri` with `state`, `code` and the granted `scope`, or with
        `error=access_denied` (Google's guide to OAuth for installed applications).

    Raises:
        Refusal: the page cannot be shown.
    """
    wish = _wish(oauth, query)
    state = {"state": query["state"]} if "state" in query else {}
    answer = oauth.authorize(wish, now)
    if answer is None:
        return redirect(_with_query(wish.redirect_uri, {"error": "access_denied"} | state))
    code, granted = answer
    return redirect(_with_query(wish.redirect_uri, state | {"code": code, "scope": " ".join(granted)}))


def token(oauth: Authorizations, form: Mapping[str, str], now: datetime) -> Reply:
    """Exchange a code or a refresh token.

    Args:
        oauth: whose tokens.
        form: client_id, client_secret, grant_type, and what the grant needs.
        now: as of when tokens expire.

    Raises:
        Refusal: with 401 for the application, 400 for all else.
    """
    if form.get("client_id") != oauth.client.id:
        raise Refusal(invalid_client())
    if form.get("client_secret") != oauth.client.secret:
        raise Refusal(invalid_client("Unauthorized"))
    match form.get("grant_type"):
        case "authorization_code":
            code, redirect_uri = _needed(form, "code"), _needed(form, "redirect_uri")
            return _reply(oauth.exchange(code, redirect_uri, form.get("code_verifier"), now))
        case "refresh_token":
            return _reply(oauth.refresh(_needed(form, "refresh_token"), now))
        case None:
            raise Refusal(invalid_request("Missing required parameter: grant_type"))
        case other:
            raise Refusal(invalid_request(f"Invalid grant_type: {other}", error="unsupported_grant_type"))


def _wish(oauth: Authorizations, query: Mapping[str, str]) -> Wish:
    if query.get("client_id") != oauth.client.id:
        raise Refusal(consent_error("invalid_client", "The OAuth client was not found.", 401))
    target = query.get("redirect_uri", "")
    is_plain = target.isascii() and target.isprintable()  # it becomes a header
    if not is_plain or not target.startswith("http://") or urlsplit(target).hostname not in _LOOPBACK:
        raise Refusal(consent_error("redirect_uri_mismatch", "redirect_uri"))
    if query.get("response_type") != "code":
        raise Refusal(consent_error("invalid_request", "response_type"))
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    if not scopes:
        raise Refusal(consent_error("invalid_request", "Missing required parameter: scope"))
    if not all(scope.startswith(SCOPE_ROOT) or scope in _SIGN_IN_SCOPES for scope in scopes):
        raise Refusal(consent_error("invalid_scope", "Some requested scopes were invalid."))
    return Wish(
        scopes,
        is_offline=query.get("access_type") == "offline",
        is_prompted="consent" in query.get("prompt", "").split(),
        redirect_uri=target,
        challenge=_challenge(query),
    )


def _challenge(query: Mapping[str, str]) -> Challenge | None:
    value, method = query.get("code_challenge"), query.get("code_challenge_method", "plain")
    if value is None:
        return None
    if method not in METHODS:
        raise Refusal(consent_error("invalid_request", "code_challenge_method"))
    return Challenge(value, method)


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise Refusal(invalid_request(f"Missing required parameter: {name}"))
    return form[name]


def _reply(tokens: Tokens) -> Reply:
    """The fields in the order of recorded replies."""
    refresh = {} if tokens.refresh is None else {"refresh_token": tokens.refresh}
    return json_reply(
        {
            "access_token": tokens.access,
            "expires_in": ACCESS_TOKEN_SECONDS,
            **refresh,
            "scope": " ".join(tokens.scopes),
            "token_type": "Bearer",
        }
    )


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(parameters)}"
