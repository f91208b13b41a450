"""The application: its routers, its limits, and what it answers when something goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from fitness_pipeline.api.pool import open_pool
from fitness_pipeline.api.problems import answer_problems
from fitness_pipeline.api.routers import health, shoes
from fitness_pipeline.settings import Settings

_ROUTERS = (health.router, shoes.router)


def create_app(settings: Settings) -> FastAPI:
    """Return the application.

    Args:
        settings: the database, limits, and who may ask from a browser.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opening = open_pool(settings)
        app.state.pool = await run_in_threadpool(opening.__enter__)
        try:
            yield
        finally:
            await run_in_threadpool(opening.__exit__, None, None, None)

    app = FastAPI(
        title="Fitness pipeline",
        version=version("fitness-pipeline"),
        description="Your runs with their history, shoes, strength sessions, calendar and metrics.",
        lifespan=lifespan,
    )
    app.state.settings = settings
    answer_problems(app)
    for router in _ROUTERS:
        app.include_router(router)
    return app
