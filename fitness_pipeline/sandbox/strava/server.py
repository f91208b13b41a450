"""The stand-in as a server on the loopback interface: `with StravaSandbox(world) as sandbox: sandbox.url`."""

import threading
import traceback
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from fitness_pipeline.sandbox.strava.api import API, StravaApi
from fitness_pipeline.sandbox.strava.clock import Clock, utc_now
from fitness_pipeline.sandbox.strava.fault_orders import Faults
from fitness_pipeline.sandbox.strava.faults import Scene
from fitness_pipeline.sandbox.strava.limits import RateLimits
from fitness_pipeline.sandbox.strava.listener import Listener
from fitness_pipeline.sandbox.strava.replies import Reply
from fitness_pipeline.sandbox.strava.request import Request, RequestLog
from fitness_pipeline.sandbox.strava.world import StravaWorld


class StravaSandbox:
    """Serves a world while it is entered.

    Attributes:
        world: may be changed at any time.
        faults: orders of what goes wrong.
        log: the requests that came.
        limits: may be changed at any time.
        crashes: tracebacks of errors of the stand-in itself; leaving it raises when there are any.
    """

    def __init__(
        self,
        world: StravaWorld | None = None,
        *,
        clock: Clock = utc_now,
        port: int = 0,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        """Take what is to be served.

        Args:
            world: an empty one by default.
            clock: tells when tokens expire, rate limits begin anew and an `after` is in the future.
            port: 0 for any free one.
            sleep: waits for so many seconds, for the fault `Delay`; by default truly, or until the end.
        """
        self.world = world if world is not None else StravaWorld()
        self.faults = Faults()
        self.log = RequestLog()
        self.limits = RateLimits(clock)
        self.crashes: list[str] = []
        self._clock = clock
        self._port = port
        self._end = threading.Event()
        self._scene = Scene(self.world, sleep or self._end.wait)
        self._api = StravaApi(self.world, clock, self.limits)
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        """Begin to serve.

        Raises:
            OSError: the port cannot be used.
        """
        self._end.clear()
        self._listener = Listener(self._port, self._answer, self._clock)
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every connection and thread."""
        self._end.set()
        self.faults.clear()
        if self._listener is not None:
            self._listener.stop()
        if self.crashes and error is None:
            raise RuntimeError("The stand-in itself failed:\n" + "\n".join(self.crashes))

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        if self._listener is None:
            raise RuntimeError("The stand-in is not started yet: enter it with `with`.")
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def api_url(self) -> str:
        """What `STRAVA_API_URL` is set to."""
        return f"{self.url}{API}"

    @property
    def token_url(self) -> str:
        """What `STRAVA_TOKEN_URL` is set to."""
        return f"{self.url}/oauth/token"

    @property
    def authorize_url(self) -> str:
        """What `STRAVA_AUTHORIZE_URL` is set to."""
        return f"{self.url}/oauth/authorize"

    def environment(self) -> dict[str, str]:
        """Return the variables that point a client here.

        The athlete grants the reading scopes, unless a refresh token is alive already.
        """
        oauth = self.world.oauth
        return {
            "STRAVA_API_URL": self.api_url,
            "STRAVA_TOKEN_URL": self.token_url,
            "STRAVA_AUTHORIZE_URL": self.authorize_url,
            "STRAVA_CLIENT_ID": str(oauth.client.id),
            "STRAVA_CLIENT_SECRET": oauth.client.secret,
            "STRAVA_REFRESH_TOKEN": oauth.refresh_token or oauth.connect(),
        }

    def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        form: Mapping[str, str],
        access_token: str | None,
    ) -> Reply:
        """Answer a request, with what is ordered to go wrong with it."""
        entry = self.log.record(
            method,
            path,
            query,
            grant_type=form.get("grant_type"),
            is_authorized=self._api.is_authorized(access_token),
        )
        request = Request(entry.number, method, path, query, form, access_token)
        try:
            reply = self._answer_with_faults(request)
        except Exception:  # noqa: BLE001 - raised again when the stand-in ends, where a test sees it
            self.crashes.append(traceback.format_exc())
            reply = Reply(500, b"The stand-in itself failed.")
        entry.status = reply.status or None
        return reply

    def _answer_with_faults(self, request: Request) -> Reply:
        faults = self.faults.take(request)
        reply: Reply | None = None
        for fault in faults:
            if fault.moment == "before" and reply is None:
                reply = fault.strike(self._scene, None)
        if reply is not None:
            return reply
        reply = self._api.answer(request)
        for fault in faults:
            if fault.moment == "after":
                reply = fault.strike(self._scene, reply) or reply
        return reply
