"""What is answered when a Dagster job has been started, and when it could not do what it was to do."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from fitness_pipeline.api.jobs import StartedJob
from fitness_pipeline.api.problems import Unprocessable, responses, status_of
from fitness_pipeline.api.schemas.examples import shown_as

if TYPE_CHECKING:
    from fitness_pipeline.job_outcomes import JobOutcome

# What keeps nothing that was asked for from being done: the next sync of the calendar makes up for it.
_BESIDES = frozenset({"calendar_events"})

RUN_ID_EXAMPLE = "0d5fa7a3-2b4e-4c39-9a0e-3d1d6f2b8c11"
_STARTED = "It was started. The Dagster UI shows how far it is, under this id."

Wait = Annotated[bool, Query(description="Answer when it is done; otherwise at once, with 202.")]


class JobStarted(BaseModel):
    """That it goes on by itself."""

    model_config = shown_as({"dagster_run_id": RUN_ID_EXAMPLE, "message": _STARTED})

    dagster_run_id: str
    message: str


def job_responses() -> dict[int | str, dict[str, Any]]:
    """Return what a route that runs a job may answer besides its own."""
    started = {"model": JobStarted, "description": "It runs; the Dagster UI shows how far it is."}
    return {202: started, **responses(403, 409, 413, 502)}


def started(job: StartedJob) -> JSONResponse:
    """Return the answer to whoever does not wait.

    Args:
        job: that was started.
    """
    return JSONResponse(JobStarted(dagster_run_id=job.dagster_run_id, message=_STARTED).model_dump(), 202)


def require_done(outcome: "JobOutcome", *, where: tuple[str, ...] = ("body",)) -> None:
    """Make sure that a job did what it was to do.

    Args:
        outcome: of the job.
        where: what of the request is to blame if anything of it is.

    Raises:
        HTTPException: it could not, for a reason that the request is not to blame for.
        Unprocessable: it could not do so with this request.
    """
    failures = [failure for failure in outcome.step_failures if failure.step not in _BESIDES]
    if not failures:
        return
    status = status_of(failures[0].kind)
    sentences = " ".join(failure.reason for failure in failures)
    if status == 422:
        raise Unprocessable(where, sentences, None)
    raise HTTPException(status, sentences)


def remarks(outcome: "JobOutcome") -> list[str]:
    """Return what is to be said of a job that did what it was to do.

    Args:
        outcome: of the job.
    """
    besides = [failure.reason for failure in outcome.step_failures if failure.step in _BESIDES]
    return [*outcome.failed_checks, *(f"The calendar is not in step: {reason}" for reason in besides)]
