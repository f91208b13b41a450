"""What the stand-in answers: paths, permissions and rate limits; knows nothing of sockets."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http.client import responses

from fitness_pipeline.sandbox.serving.clock import Clock
from fitness_pipeline.sandbox.serving.replies import Headers, Refusal, Reply, json_reply, raw_json_reply
from fitness_pipeline.sandbox.serving.request import Request
from fitness_pipeline.sandbox.strava import errors, tokens
from fitness_pipeline.sandbox.strava.activities import is_private
from fitness_pipeline.sandbox.strava.limits import RateLimits
from fitness_pipeline.sandbox.strava.listing import parse_window
from fitness_pipeline.sandbox.strava.world import StravaWorld

API = "/api/v3"

_Scopes = frozenset[str]
_ACTIVITY = re.compile(r"/activities/(\d+)")
_GEAR = re.compile(r"/gear/(\w+)")


class StravaApi:
    """Answers requests out of a world."""

    def __init__(self, world: StravaWorld, clock: Clock, limits: RateLimits) -> None:
        self._world = world
        self._clock = clock
        self._limits = limits

    def credential(
        self, headers: Mapping[str, str], query: Mapping[str, str], form: Mapping[str, str]
    ) -> str | None:
        """Return the access token: from the Authorization header, or from a parameter."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and value:
            return value.strip()
        return query.get("access_token") or form.get("access_token")

    def is_authorized(self, credential: str | None) -> bool:
        """Return whether an access token works now."""
        return self._world.oauth.scopes_of(credential, self._clock()) is not None

    def headers(self, reply: Reply) -> Headers:
        """Return what every reply carries, be it ordered as a fault (seen in recorded replies)."""
        return (
            ("Status", f"{reply.status} {responses.get(reply.status, 'Unknown')}"),
            ("Cache-Control", "max-age=0, private, must-revalidate"),
            ("Vary", "Accept, Origin"),
        )

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request, as it is when nothing is wrong with Strava itself."""
        try:
            match (request.method, request.path):
                # The Strava API description has these two below the API, its pages do not.
                case ("GET", "/oauth/authorize" | "/api/v3/oauth/authorize"):
                    return tokens.authorize(self._world, request.query)
                case ("POST", "/oauth/token" | "/api/v3/oauth/token"):
                    return tokens.token(self._world, request.parameters, self._clock())
                case ("POST", "/oauth/deauthorize" | "/api/v3/oauth/deauthorize"):
                    return self._counted(request)
                case (_, path) if path.startswith(f"{API}/"):
                    return self._counted(request)
            return errors.not_found()
        except Refusal as refusal:
            return refusal.reply

    def _counted(self, request: Request) -> Reply:
        """Return a reply with rate limits; a request of nobody counts for nobody's limits."""
        if not self._world.oauth.is_known(request.credential):
            return _with_headers(errors.unauthorized(), self._limits.headers())
        verdict = self._limits.count(request.method)
        try:
            reply = verdict.refusal or self._permitted(request, self._clock())
        except Refusal as refusal:
            reply = refusal.reply
        return _with_headers(reply, verdict.headers)

    def _permitted(self, request: Request, now: datetime) -> Reply:
        if not self._world.is_application_active:
            return errors.application_inactive()
        scopes = self._world.oauth.scopes_of(request.credential, now)
        if scopes is None:
            return errors.unauthorized()
        if request.path.endswith("/oauth/deauthorize"):
            return tokens.deauthorize(self._world, request.credential or "")
        if request.method != "GET":
            return errors.not_found()
        return self._read(request, request.path.removeprefix(API), scopes, now)

    def _read(self, request: Request, path: str, scopes: _Scopes, now: datetime) -> Reply:
        world = self._world
        if path == "/athlete":
            is_detailed = "profile:read_all" in scopes
            return json_reply(world.athlete_detail() if is_detailed else world.athlete_summary())
        if path == "/athlete/activities":
            sees_private = _reads_activities(scopes)
            window = parse_window(request.query, now)
            return raw_json_reply(world.activities.page(window, with_private=sees_private))
        if match := _ACTIVITY.fullmatch(path):
            return self._activity(int(match[1]), sees_private=_reads_activities(scopes))
        if (match := _GEAR.fullmatch(path)) and (gear := world.gear.find(match[1])):
            return json_reply(world.gear_detail(gear))
        return errors.not_found()

    def _activity(self, activity_id: int, *, sees_private: bool) -> Reply:
        row = self._world.activities.find(activity_id)
        if row is None or (is_private(row) and not sees_private):
            return errors.not_found()
        return json_reply(self._world.activity_detail(row))


def _reads_activities(scopes: _Scopes) -> bool:
    """Return whether activities that only their owner sees are among those that scopes open.

    Raises:
        Refusal: they open none.
    """
    if not scopes & {"activity:read", "activity:read_all"}:
        raise Refusal(errors.missing_scope("activity:read"))
    return "activity:read_all" in scopes


def _with_headers(reply: Reply, headers: Headers) -> Reply:
    return replace(reply, headers=reply.headers + headers)
