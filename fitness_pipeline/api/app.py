"""The application: its routers, its limits, and what it answers when something goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool

from fitness_pipeline.api.body_limits import BodyLimits
from fitness_pipeline.api.endings import Endings
from fitness_pipeline.api.jobs import Jobs
from fitness_pipeline.api.patience import THREADS
from fitness_pipeline.api.pool import open_pool
from fitness_pipeline.api.problems import answer_problems
from fitness_pipeline.api.received_file import FRAMING_BYTES, discard_leftovers
from fitness_pipeline.api.routers import (
    calendar,
    health,
    lifts,
    metrics,
    oauth,
    run_edits,
    run_history,
    runs,
    shoes,
    syncs,
    uploads,
)
from fitness_pipeline.api.schemas.examples import restore_nulls
from fitness_pipeline.settings import Settings

_ROUTERS = (
    health.router,
    runs.router,
    run_edits.router,
    run_history.router,
    shoes.router,
    metrics.router,
    lifts.router,
    syncs.router,
    uploads.router,
    calendar.router,
    oauth.router,
)


def create_app(settings: Settings) -> FastAPI:
    """Return the application.

    Args:
        settings: the database, limits, and who may ask from a browser.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.patient_threads = CapacityLimiter(THREADS)
        await run_in_threadpool(discard_leftovers, settings.uploads_dir)
        opening = open_pool(settings)
        app.state.pool = await run_in_threadpool(opening.__enter__)
        try:
            yield
        finally:
            await run_in_threadpool(app.state.jobs.close)
            await run_in_threadpool(opening.__exit__, None, None, None)

    app = FastAPIOffline(
        redoc_url=None,
        title="Fitness pipeline",
        version=version("fitness-pipeline"),
        description="Your runs with their history, shoes, strength sessions, calendar and metrics.",
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.jobs = Jobs(settings)
    answer_problems(app)
    for router in _ROUTERS:
        app.include_router(router)
    _show_whole_examples(app)
    app.add_middleware(
        BodyLimits, uploads={uploads.PATH: uploads.upload_limit(settings)}, framing=FRAMING_BYTES
    )
    app.add_middleware(Endings)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "If-Match"],
            expose_headers=["ETag", "Link"],
        )
    return app


def _show_whole_examples(app: FastAPI) -> None:
    make_document = app.openapi

    def openapi() -> dict[str, Any]:
        document = make_document()
        restore_nulls(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation has it
