"""Who may ask: bearer tokens, viewers and editors."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as AnyHTTPException

from fitness_pipeline.api.pool import Connection, lending
from fitness_pipeline.db.api_tokens import ApiToken, find_token
from fitness_pipeline.environments import with_environment

_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="fp_...",
    description="A token of `fitness-pipeline token mint`. A viewer's reads; an editor's may do everything.",
)

_REFUSAL = (
    "A token is needed that works: `fitness-pipeline token mint` makes one. Send it as "
    "`Authorization: Bearer TOKEN`."
)

Given = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def _viewer(request: Request, connection: Connection, given: Given) -> ApiToken:
    token = find_token(given.credentials, conn=connection) if given is not None else None
    if token is None:
        raise HTTPException(
            401,
            with_environment(_REFUSAL, request.app.state.settings.env),
            headers={"WWW-Authenticate": "Bearer"},
        )
    return token


Viewer = Annotated[ApiToken, Depends(_viewer)]
"""Whoever may read."""


async def _editor(token: Viewer) -> ApiToken:
    return _require_editor(token)


def _require_editor(token: ApiToken) -> ApiToken:
    if token.role != "editor":
        raise HTTPException(
            403, f"The token {token.name!r} may only read. Use one that was minted with --role editor."
        )
    return token


Editor = Annotated[ApiToken, Depends(_editor)]
"""Whoever may change something."""


async def _patient_editor(request: Request, given: Given) -> ApiToken:
    async with lending(request) as connection:
        return _require_editor(await run_in_threadpool(_viewer, request, connection, given))


PatientEditor = Annotated[ApiToken, Depends(_patient_editor)]
"""Whoever may change something that takes long: no connection is held meanwhile."""


class EditorsBodyRoute(APIRoute):
    """A route of which only editors learn that the body they sent cannot be read.

    FastAPI reads the body before it asks who sent it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def answer_editors(request: Request) -> Response:
            try:
                return await answer(request)
            except (RequestValidationError, AnyHTTPException) as error:
                # Only what is raised when the body cannot be parsed has a cause; who asks is not known then.
                if error.__cause__ is not None:
                    await _patient_editor(request, await _bearer(request))
                raise

        return answer_editors
