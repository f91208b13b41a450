"""A client of the stand-in, as plain as can be."""

from collections.abc import Iterable
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import httpx

from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.sandbox.strava.world import StravaWorld
from fitness_pipeline_tests.moments import NOW

LIST = "/api/v3/athlete/activities"


def fill(world: StravaWorld, runs: int, *, apart: timedelta = timedelta(days=1)) -> list[int]:
    """Add runs, the last one a day ago; return their ids, the oldest first."""
    return [
        world.activities.add(Outing(start=NOW - timedelta(days=1) - apart * back))
        for back in reversed(range(runs))
    ]


class Caller:
    """Sends requests to one stand-in."""

    def __init__(self, sandbox: StravaSandbox) -> None:
        """Know where it is; there is no token yet."""
        self._sandbox = sandbox
        self.http = httpx.Client(base_url=sandbox.url, timeout=10)
        self.refresh_token = ""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.http.close()

    def connect(self, scopes: Iterable[str] | None = None) -> None:
        """Get an access token, and send it from now on."""
        oauth = self._sandbox.world.oauth
        refresh_token = oauth.connect() if scopes is None else oauth.connect(scopes)
        self.use(self.refresh(refresh_token).json())
        self._sandbox.log.clear()

    def use(self, tokens: dict[str, Any]) -> None:
        """Send an access token from now on."""
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.refresh_token = tokens["refresh_token"]

    def get(self, path: str, **parameters: object) -> httpx.Response:
        """Send a GET."""
        return self.http.get(path, params={name: str(value) for name, value in parameters.items()})

    def token(self, grant_type: str, **parameters: str) -> httpx.Response:
        """Ask for a token, as the application."""
        client = self._sandbox.world.oauth.client
        form = {"client_id": str(client.id), "client_secret": client.secret, "grant_type": grant_type}
        return self.http.post("/oauth/token", data=form | parameters)

    def refresh(self, refresh_token: str) -> httpx.Response:
        """Exchange a refresh token."""
        return self.token("refresh_token", refresh_token=refresh_token)

    def page(self, **parameters: object) -> list[int]:
        """Return the ids on a page of the list."""
        reply = self.get(LIST, **parameters)
        assert reply.status_code == 200, reply.text
        return [row["id"] for row in reply.json()]

    def pages(self, **parameters: object) -> list[int]:
        """Return the ids on all pages until the empty one."""
        ids: list[int] = []
        number = 0
        while page := self.page(page=(number := number + 1), **parameters):
            ids += page
        return ids
