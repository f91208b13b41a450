"""Waits for what takes long, such as a provider, without keeping other requests from being served."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request

# Requests of a moment have threads of their own; these wait for each other in front of a thread.
THREADS = 8

Result = TypeVar("Result")


async def patiently(request: Request, work: Callable[[], Result]) -> Result:
    """Return what some work returns, done in a thread of those that are kept for such work.

    Args:
        request: that waits for it.
        work: what to do.
    """
    limiter: CapacityLimiter = request.app.state.patient_threads
    return await to_thread.run_sync(work, limiter=limiter)
