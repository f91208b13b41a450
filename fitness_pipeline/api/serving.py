"""Serves the application until somebody stops it, and ends what it has begun."""

import logging
import signal
import socket
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from fitness_pipeline.api.app import create_app
from fitness_pipeline.settings import Settings
from fitness_pipeline.stack.address import Address

if TYPE_CHECKING:
    from fitness_pipeline.api.jobs import Jobs

# How long requests may take to end; `up` has patience for ten seconds in all.
_GRACE_SECONDS = 3


class WithoutQueries(logging.Filter):
    """Leaves queries out of the log of requests: that of an OAuth callback has a code in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the path of a record of uvicorn's, and let it through."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, version, status = record.args
            record.args = (client, method, str(path).partition("?")[0], version, status)
        return True


class _Server(uvicorn.Server):
    """Has jobs end as soon as it is to end itself: requests that wait for them are answered, too."""

    jobs: "Jobs"

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.jobs.stop()
        await super().shutdown(sockets)


def serve(settings: Settings, address: Address) -> None:
    """Serve the REST API until Ctrl-C, SIGTERM or a closed terminal.

    Args:
        settings: the database, limits, and who may ask from a browser.
        address: where it is to answer; free.
    """
    app = create_app(settings)
    server = _Server(
        uvicorn.Config(
            app,
            host=address.host,
            port=address.port,
            log_config=_log_config(),
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
            # There are none; the log of what asks for one has its query in it.
            ws="none",
        )
    )
    server.jobs = app.state.jobs
    # uvicorn ends in good order at the first two, and then hands them on: that is the end we want.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: setattr(server, "should_exit", True))
    server.run()


def _log_config() -> dict[str, Any]:
    config: dict[str, Any] = deepcopy(LOGGING_CONFIG)
    config["filters"] = {"without queries": {"()": WithoutQueries}}
    config["handlers"]["access"]["filters"] = ["without queries"]
    return config
