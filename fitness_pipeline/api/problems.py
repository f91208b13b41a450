"""Which status each failure is answered with, and in which words."""

from collections.abc import Mapping
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg import errors as pg

from fitness_pipeline.api.echoes import echo
from fitness_pipeline.api.pool import TooBusy
from fitness_pipeline.environments import with_environment
from fitness_pipeline.errors import (
    AlreadyRunning,
    ConfigurationError,
    ConflictNotFound,
    DatabaseError,
    FitnessPipelineError,
    InvalidValue,
    NotConnected,
    NotEditable,
    ProviderError,
    RunNotFound,
    ShoeNotFound,
    UnknownTimeZone,
    UnusableFile,
    VersionConflict,
    VersionNotFound,
)

# The first one that fits.
_STATUSES: tuple[tuple[type[FitnessPipelineError], int], ...] = (
    (RunNotFound, 404),
    (VersionNotFound, 404),
    (ShoeNotFound, 404),
    (ConflictNotFound, 404),
    (VersionConflict, 412),
    (InvalidValue, 422),
    (NotEditable, 422),
    (UnknownTimeZone, 422),
    (UnusableFile, 422),
    (NotConnected, 503),
    (ProviderError, 502),
    (AlreadyRunning, 409),
    (ConfigurationError, 503),
    (DatabaseError, 503),
    (FitnessPipelineError, 500),
)
UNUSABLE = (psycopg.OperationalError, psycopg.InterfaceError)
"""What is raised while the database cannot be used, by the pool too."""

# The first one that fits.
_WHY_UNUSABLE: tuple[tuple[type[Exception], str], ...] = (
    (pg.LockNotAvailable, "Somebody else is changing this just now. Try again in a few seconds."),
    (TooBusy, "Too many requests are under way just now. Try again in a few seconds."),
    (Exception, "The database does not answer just now. Try again in a few seconds."),
)


class Unprocessable(Exception):
    """Something in a request that cannot be, in the shape that FastAPI gives such things.

    Args:
        where: such as `("query", "sort_by")`.
        message: what is wrong, and what would be right.
        given: what was sent.
        kind: a word for programs.
    """

    def __init__(
        self, where: tuple[str | int, ...], message: str, given: Any, kind: str = "value_error"
    ) -> None:
        super().__init__(message)
        self.details = [{"type": kind, "loc": list(where), "msg": message, "input": given}]


def answer_problems(app: FastAPI) -> None:
    """Have an application answer our errors.

    Args:
        app: the application.
    """

    @app.exception_handler(FitnessPipelineError)
    def _ours(request: Request, error: FitnessPipelineError) -> JSONResponse:
        status, message = status_of(type(error)), with_environment(str(error), app.state.settings.env)
        if status == 422:
            return _unprocessable(Unprocessable(_where(request), message, None).details)
        return JSONResponse({"detail": message}, status)

    @app.exception_handler(Unprocessable)
    def _theirs(request: Request, error: Unprocessable) -> JSONResponse:
        return _unprocessable(error.details)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return _unprocessable(list(error.errors()))

    @app.exception_handler(psycopg.DataError)
    def _impossible(request: Request, error: psycopg.DataError) -> JSONResponse:
        # What no check of ours has found; the database has a sentence on it.
        return _unprocessable(Unprocessable(_where(request), str(error).partition("\n")[0], None).details)

    def _unusable(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": why_unusable(error)}, 503, headers={"Retry-After": "5"})

    for kind in UNUSABLE:
        app.add_exception_handler(kind, _unusable)


def status_of(kind: type[FitnessPipelineError]) -> int:
    """Return the status that an error is answered with.

    Args:
        kind: its class.
    """
    return next(status for known, status in _STATUSES if issubclass(kind, known))


def why_unusable(error: Exception) -> str:
    """Return a sentence for somebody who asked while the database could not be used.

    Args:
        error: one of `UNUSABLE`.
    """
    return next(sentence for known, sentence in _WHY_UNUSABLE if isinstance(error, known))


def _where(request: Request) -> tuple[str]:
    return ("query",) if request.method == "GET" else ("body",)


def _unprocessable(details: list[dict[str, Any]]) -> JSONResponse:
    return JSONResponse({"detail": echo(details)}, 422)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route may answer besides its own, for its documentation.

    Args:
        statuses: of errors; those that every route has need not be named.
    """
    return {status: _DOCUMENTED[status] for status in sorted({401, 503, *statuses})}


def _documented(description: str, headers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
    documented: dict[str, Any] = {
        "description": description,
        "content": {"application/json": {"schema": schema, "example": {"detail": description}}},
    }
    return {**documented, **({"headers": headers} if headers else {})}


_DOCUMENTED = {
    400: _documented("There is nothing to do, or the body cannot be read."),
    401: _documented("No token, or none that works.", {"WWW-Authenticate": {"schema": {"type": "string"}}}),
    403: _documented("The token may only read."),
    404: _documented("There is no such thing."),
    409: _documented("Something is in the way."),
    412: _documented("It has another version by now than `If-Match` says."),
    413: _documented("It is larger than allowed."),
    502: _documented("The provider refused or did not answer; the sentence says what to do."),
    503: _documented("The database or the provider cannot be used now."),
}
