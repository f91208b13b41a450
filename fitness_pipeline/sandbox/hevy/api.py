"""What the stand-in answers: paths, the key and pages; knows nothing of sockets."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.limits import CallLimit
from fitness_pipeline.sandbox.hevy.paging import page_reply, parse_page
from fitness_pipeline.sandbox.hevy.rows import parse_time
from fitness_pipeline.sandbox.hevy.world import USER, HevyWorld
from fitness_pipeline.sandbox.serving.replies import Headers, Refusal, Reply, json_reply, raw_json_reply
from fitness_pipeline.sandbox.serving.request import Request

# The largest pages (Hevy API description).
MAX_WORKOUTS, MAX_EVENTS, MAX_TEMPLATES = 10, 10, 100

_WORKOUT = re.compile(r"/v1/workouts/([^/]+)")
_TEMPLATE = re.compile(r"/v1/exercise_templates/([^/]+)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # the default of `since` (Hevy API description)


class HevyApi:
    """Answers requests out of a world."""

    def __init__(self, world: HevyWorld, limit: CallLimit) -> None:
        self._world = world
        self._limit = limit

    def credential(
        self, headers: Mapping[str, str], query: Mapping[str, str], form: Mapping[str, str]
    ) -> str | None:
        """Return the key, which comes in a header."""
        return headers.get("api-key")

    def is_authorized(self, credential: str | None) -> bool:
        """Return whether a key is the right one."""
        return credential == self._world.api_key

    def headers(self, reply: Reply) -> Headers:
        """Return nothing: no header of Hevy's is known."""
        return ()

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request, as it is when nothing is wrong with Hevy itself."""
        if not self.is_authorized(request.credential):
            return errors.unauthorized()
        if request.method != "GET":
            return errors.not_found()
        try:
            return self._limit.count() or self._read(request)
        except Refusal as refusal:
            return refusal.reply

    def _read(self, request: Request) -> Reply:
        world, query = self._world, request.query
        match request.path:
            case "/v1/workouts":
                return self._page("workouts", world.workouts.bodies(), query, MAX_WORKOUTS)
            case "/v1/workouts/count":
                return json_reply({"workout_count": len(world.workouts)})
            case "/v1/workouts/events":
                return self._events(query)
            case "/v1/exercise_templates":
                return self._page("exercise_templates", world.templates.bodies(), query, MAX_TEMPLATES)
            case "/v1/user/info":
                return json_reply({"data": USER})
        if match := _WORKOUT.fullmatch(request.path):
            return _one(world.workouts.body(match[1]), errors.workout_not_found())
        if match := _TEMPLATE.fullmatch(request.path):
            return _one(world.templates.body(match[1]), errors.template_not_found())
        return errors.not_found()

    def _events(self, query: Mapping[str, str]) -> Reply:
        since = parse_time(query["since"]) if query.get("since") else _EPOCH
        if since is None:
            # The description has no 400 here, and a 500. A + that was not encoded arrives as a space.
            return errors.server_error()
        return self._page("events", self._world.workouts.events(since), query, MAX_EVENTS)

    def _page(self, name: str, rows: Sequence[bytes], query: Mapping[str, str], largest: int) -> Reply:
        page = parse_page(query, largest)
        return page_reply(name, rows, page, is_empty_page_missing=self._world.is_empty_page_missing)


def _one(body: bytes | None, missing: Reply) -> Reply:
    return missing if body is None else raw_json_reply(body)
