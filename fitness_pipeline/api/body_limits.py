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
        uploads: path to bytes, for paths that take a file of so many instead of the usual mebibyte.
        framing: how many bytes may stand around a file.
    """

    def __init__(self, app: ASGIApp, uploads: Mapping[str, int], framing: int) -> None:
        self._app = app
        self._uploads = uploads
        self._framing = framing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and watch what comes with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = self._uploads.get(scope["path"], MEBIBYTE)
        limit = told + self._framing if scope["path"] in self._uploads else told
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and (len(length) > 15 or int(length) > limit):
            await JSONResponse({"detail": too_large(told).detail}, 413)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise too_large(told)
            return message

        await self._app(scope, counted, send)


def too_large(limit: int) -> HTTPException:
    """Return the refusal of something larger than a limit.

    Args:
        limit: in bytes.
    """
    return HTTPException(413, f"At most {limit / MEBIBYTE:g} MiB are taken here. Send less.")
