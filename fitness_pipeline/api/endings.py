"""What is answered to requests that take longer than the API is given to end."""

import asyncio

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STOPPED = (
    "The API was stopped before this was answered. What was done until then is kept; ask again once it runs."
)


class Endings:
    """Answers 503 to requests that the server cancels.

    Args:
        app: whose requests.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and answer it if nobody else could."""
        is_begun = False

        async def noted(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            if scope["type"] != "http" or is_begun:
                raise
            await JSONResponse({"detail": _STOPPED}, 503)(scope, receive, send)
