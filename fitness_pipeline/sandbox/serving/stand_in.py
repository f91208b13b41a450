"""A stand-in as a server on the loopback interface: serves while it is entered, with faults on order."""

import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from fitness_pipeline.sandbox.serving.clock import Clock
from fitness_pipeline.sandbox.serving.fault_orders import Faults
from fitness_pipeline.sandbox.serving.faults import Scene
from fitness_pipeline.sandbox.serving.incoming import Incoming, Place
from fitness_pipeline.sandbox.serving.listener import Listener
from fitness_pipeline.sandbox.serving.replies import Headers, Interruption, Reply
from fitness_pipeline.sandbox.serving.request import Request, RequestLog

World = TypeVar("World")


class Api(Protocol):
    """What a provider answers; knows nothing of sockets."""

    def credential(
        self, headers: Mapping[str, str], query: Mapping[str, str], form: Mapping[str, str]
    ) -> str | None:
        """Return the access token or the key that a request came with; names of headers are in lower case."""

    def is_authorized(self, credential: str | None) -> bool:
        """Return whether an access token or a key works now."""

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request, as it is when nothing is wrong with the provider itself."""

    def headers(self, reply: Reply) -> Headers:
        """Return what a reply carries besides, be it ordered as a fault."""


class StandIn(Generic[World]):
    """Serves a world while it is entered.

    Attributes:
        world: may be changed at any time.
        faults: orders of what goes wrong.
        log: the requests that came.
        crashes: tracebacks of errors of the stand-in itself; leaving it raises when there are any.
    """

    def __init__(
        self,
        world: World,
        api: Api,
        *,
        clock: Clock,
        port: int,
        sleep: Callable[[float], object] | None,
    ) -> None:
        """Take what is to be served.

        Args:
            world: what faults can change.
            api: what answers.
            clock: dates replies.
            port: 0 for any free one.
            sleep: waits for so many seconds, for the fault `Delay`; by default truly, or until the end.
        """
        self.world = world
        self.faults = Faults()
        self.log = RequestLog()
        self.crashes: list[str] = []
        self._api = api
        self._clock = clock
        self._port = port
        self._end = threading.Event()
        self._scene = Scene(world, sleep or self._end.wait)
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

    def work(self, request: Request) -> Reply:
        """Do the work of a request; where requests hold others, a stand-in does those with `answer_inner`."""
        return self._api.answer(request)

    def answer_inner(self, incoming: Incoming, place: Place) -> Reply:
        """Answer a request that came within another one, with what is ordered to go wrong with it.

        Raises:
            Interruption: the other one ends at once.
        """
        return self._logged_answer(incoming, place)

    def _answer(self, incoming: Incoming) -> Reply:
        """Answer a request, with what is ordered to go wrong with it."""
        reply = self._logged_answer(incoming, None)
        return replace(reply, headers=self._api.headers(reply) + reply.headers)

    def _logged_answer(self, incoming: Incoming, place: Place | None) -> Reply:
        method, path, query, form = incoming.method, incoming.path, incoming.query, incoming.form
        credential = self._api.credential(incoming.headers, query, form)
        entry = self.log.record(
            method,
            path,
            query,
            grant_type=form.get("grant_type"),
            is_authorized=self._api.is_authorized(credential),
            place=place,
        )
        request = Request(entry.number, method, path, query, form, credential, entry.batch, incoming)
        try:
            reply = self._answer_with_faults(request)
        except Interruption as interruption:
            if place is not None:
                raise
            reply = interruption.reply
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
        reply = self.work(request)
        for fault in faults:
            if fault.moment == "after":
                reply = fault.strike(self._scene, reply) or reply
        return reply
