"""What the stand-in answers: paths, permissions and quotas; knows nothing of sockets and batches."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote

from fitness_pipeline.sandbox.google_calendar import consent, errors
from fitness_pipeline.sandbox.google_calendar.calendars import Calendar
from fitness_pipeline.sandbox.google_calendar.fields import masked
from fitness_pipeline.sandbox.google_calendar.grants import SCOPE_ROOT
from fitness_pipeline.sandbox.google_calendar.limits import Quotas
from fitness_pipeline.sandbox.google_calendar.list_query import parse_query
from fitness_pipeline.sandbox.google_calendar.rows import Row, parse_body
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline.sandbox.serving.clock import Clock
from fitness_pipeline.sandbox.serving.replies import Headers, Refusal, Reply, json_reply
from fitness_pipeline.sandbox.serving.request import Request

API = "/calendar/v3"
AUTHORIZE = "/o/oauth2/v2/auth"
TOKEN = "/token"  # noqa: S105 - a path

_EVENTS = re.compile(r"/calendars/([^/]+)/events(?:/([^/]+))?")
# Scopes of methods (Calendar API description); those for calendars that an application made are left out.
_WRITING = frozenset(
    f"{SCOPE_ROOT}{name}" for name in ("calendar", "calendar.events", "calendar.events.owned")
)
_READING = _WRITING | {
    f"{SCOPE_ROOT}{name}"
    for name in ("calendar.readonly", "calendar.events.readonly", "calendar.events.owned.readonly")
}


class GoogleCalendarApi:
    """Answers requests out of a world."""

    def __init__(self, world: GoogleCalendarWorld, clock: Clock, quotas: Quotas) -> None:
        self._world = world
        self._clock = clock
        self._quotas = quotas

    def credential(
        self, headers: Mapping[str, str], query: Mapping[str, str], form: Mapping[str, str]
    ) -> str | None:
        """Return the access token: from the Authorization header, or from a parameter."""
        scheme, _, value = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and value:
            return value.strip()
        return query.get("access_token")

    def is_authorized(self, credential: str | None) -> bool:
        """Return whether an access token works now."""
        return self._world.oauth.scopes_of(credential, self._clock()) is not None

    def headers(self, reply: Reply) -> Headers:
        """Return what every reply carries, be it ordered as a fault."""
        return (
            ("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"),
            ("Vary", "Origin, X-Origin, Referer"),
            ("X-Content-Type-Options", "nosniff"),
        )

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request, as it is when nothing is wrong with Google itself."""
        try:
            if request.path.startswith(f"{API}/"):
                reply = self._counted(request)
                is_partial = "fields" in request.query and reply.status == 200
                return masked(reply, request.query["fields"]) if is_partial else reply
            match (request.method, request.path, request.batch):
                case ("GET", str(path), None) if path == AUTHORIZE:
                    return consent.authorize(self._world.oauth, request.query, self._clock())
                case ("POST", str(path), None) if path == TOKEN:
                    return consent.token(self._world.oauth, request.form, self._clock())
            return errors.not_found()
        except Refusal as refusal:
            return refusal.reply

    def _counted(self, request: Request) -> Reply:
        scopes = self._world.oauth.scopes_of(request.credential, self._clock())
        if scopes is None:
            return errors.invalid_credentials()
        if refusal := self._quotas.count():
            return refusal
        if not scopes & (_READING if request.method == "GET" else _WRITING):
            return errors.insufficient_permissions()
        match = _EVENTS.fullmatch(request.path.removeprefix(API))
        if match is None:
            return errors.not_found()
        calendar = self._calendar(unquote(match[1]))
        if request.method != "GET" and calendar.role == "reader":
            return errors.required_access_level()
        if match[2] is None:
            return self._events(request, calendar)
        return self._event(request, calendar, unquote(match[2]))

    def _events(self, request: Request, calendar: Calendar) -> Reply:
        if request.method == "POST":
            return _event_reply(calendar.insert(parse_body(request.incoming.body)))
        if request.method == "GET":
            return json_reply(self._world.page(calendar, parse_query(request.incoming.repeated_query)))
        return errors.not_found()

    def _event(self, request: Request, calendar: Calendar, event_id: str) -> Reply:
        if_match = request.incoming.headers.get("if-match")
        revives = not self._world.refuses_reviving
        match request.method:
            case "GET":
                row = calendar.find(event_id)
                return errors.not_found() if row is None else _event_reply(row)
            case "PATCH":
                sent = parse_body(request.incoming.body)
                return _event_reply(calendar.patch(event_id, sent, if_match=if_match, revives=revives))
            case "PUT":
                sent = parse_body(request.incoming.body)
                return _event_reply(calendar.update(event_id, sent, if_match=if_match, revives=revives))
            case "DELETE":
                calendar.delete(event_id, if_match=if_match)
                return Reply(204)
        return errors.not_found()

    def _calendar(self, calendar_id: str) -> Calendar:
        try:
            calendar = self._world.calendar(calendar_id)
        except KeyError:
            raise Refusal(errors.not_found()) from None
        if not calendar.is_shared:
            raise Refusal(errors.not_found())
        return calendar


def _event_reply(row: Row) -> Reply:
    reply = json_reply(row)
    return replace(reply, headers=(*reply.headers, ("ETag", row["etag"])))
