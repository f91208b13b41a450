"""Who may ask: bearer tokens, viewers and editors."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from fitness_pipeline.api.pool import Connection, lending
from fitness_pipeline.db.api_tokens import ApiToken, find_token

_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="fp_...",
    description="A token of `fitness-pipeline token mint`. A viewer's reads; an editor's may do everything.",
)


Given = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def _viewer(connection: Connection, given: Given) -> ApiToken:
    token = find_token(given.credentials, conn=connection) if given is not None else None
    if token is None:
        raise HTTPException(
            401,
            "A token is needed that works: `fitness-pipeline token mint` makes one. Send it as "
            "`Authorization: Bearer TOKEN`.",
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
        return _require_editor(await run_in_threadpool(_viewer, connection, given))


PatientEditor = Annotated[ApiToken, Depends(_patient_editor)]
"""Whoever may change something that takes long: no connection is held meanwhile."""
