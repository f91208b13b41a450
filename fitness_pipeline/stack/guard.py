"""Keeps the requests of other web pages away from an application."""

from starlette import status
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from fitness_pipeline.stack.own_requests import find_refusal


class Guard:
    """Answers what an application is not to carry out, requests and websockets, before it hears of them.

    Args:
        app: what is guarded.
        host: that it is bound to.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it with a sentence; a websocket with a plain 403."""
        refusal = None if scope["type"] == "lifespan" else find_refusal(scope, self._host)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # No page can read the answer, and for one with a sentence uvicorn logs an error each time.
            await send({"type": "websocket.close", "code": status.WS_1008_POLICY_VIOLATION})
        else:
            await PlainTextResponse(f"{refusal.sentence}\n", refusal.status)(scope, receive, send)
