"""A client of the stand-in, as plain as can be."""

from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import httpx

from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock

LIST = "/v1/workouts"
COUNT = "/v1/workouts/count"
EVENTS = "/v1/workouts/events"
TEMPLATES = "/v1/exercise_templates"


def fill(world: HevyWorld, clock: SettableClock, sessions: int) -> list[str]:
    """Log a session a day, the last one now; return their ids, the oldest first."""
    ids = []
    clock.advance(-timedelta(days=sessions))
    for _ in range(sessions):
        clock.advance(timedelta(days=1))
        ids.append(world.workouts.add(Session(start=clock() - timedelta(hours=1))))
    return ids


class Caller:
    """Sends requests to one stand-in, with its key."""

    def __init__(self, sandbox: HevySandbox) -> None:
        """Know where it is."""
        self.http = httpx.Client(base_url=sandbox.url, headers={"api-key": sandbox.world.api_key}, timeout=10)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.http.close()

    def get(self, path: str, **parameters: object) -> httpx.Response:
        """Send a GET."""
        return self.http.get(path, params={name: str(value) for name, value in parameters.items()})

    def json(self, path: str, **parameters: object) -> Any:
        """Return what is answered, which is no error."""
        reply = self.get(path, **parameters)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def page(self, **parameters: object) -> list[str]:
        """Return the ids on a page of workouts."""
        return [row["id"] for row in self.json(LIST, **parameters)["workouts"]]

    def pages(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        """Return what is on all pages of a list, until the 404 past the last one."""
        rows: list[dict[str, Any]] = []
        number = 1
        while (reply := self.get(path, page=number, **parameters)).status_code == 200:
            page = reply.json()
            (name,) = page.keys() - {"page", "page_count"}
            assert page["page"] == number
            rows += page[name]
            number += 1
        assert reply.status_code == 404, reply.text
        return rows

    def told(self, **parameters: object) -> list[tuple[str, str]]:
        """Return the kinds of all events and the ids of their workouts."""
        events = self.pages(EVENTS, **parameters)
        return [
            (event["type"], event["workout"]["id"] if "workout" in event else event["id"]) for event in events
        ]
