"""How large the body of a request may be: refused by its length where that is told, or else as it comes."""

from collections.abc import Mapping

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEBIBYTE = 1024 * 1024


class BodyLimits:
    """Answers 413 to whoever sends more than a route takes.

    Args:
        app: whose requests.
        larger: path to bytes, for paths that take something else than the usual mebibyte.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int]) -> None:
        self._app = app
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and watch what comes with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], MEBIBYTE)
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and (len(length) > 15 or int(length) > limit):
            await JSONResponse({"detail": too_large(limit).detail}, 413)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise too_large(limit)
            return message

        await self._app(scope, counted, send)


def too_large(limit: int) -> HTTPException:
    """Return the refusal of something larger than a limit.

    Args:
        limit: in bytes.
    """
    return HTTPException(413, f"At most {limit / MEBIBYTE:g} MiB are taken here. Send less.")
