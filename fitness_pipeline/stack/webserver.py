"""Dagster's webserver behind our guard: `python -m fitness_pipeline.stack.webserver` is what `up` starts.

Dagster's own command (`dagster-webserver`, which `dagster dev` uses) carries out mutations for any web page
that a browser shows, and has no place for a guard. What it would do for `up` is done here instead. Beneath
the public `dagster`, this needs some of Dagster's internals; should they move, it does not start.
"""

import argparse
import logging
import os
import signal
from pathlib import Path

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._utils.log import configure_loggers
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.cli import (
    DEFAULT_DB_STATEMENT_TIMEOUT,
    DEFAULT_POOL_MAX_OVERFLOW,
    DEFAULT_POOL_RECYCLE,
    WEBSERVER_LOGGER_NAME,
)
from dagster_webserver.version import __version__

from fitness_pipeline.stack.address import Address
from fitness_pipeline.stack.guard import Guard

_POLL_MILLISECONDS = 2000  # the default of Dagster's own command, which gives it no name


def serve(address: Address, workspace: Path) -> None:
    """Serve the UI of the instance in `DAGSTER_HOME` until Ctrl-C or SIGTERM.

    Args:
        address: where it is to answer.
        workspace: the file that says where the code server is.
    """
    configure_loggers()
    # uvicorn ends in good order, then hands the signal on: as a Ctrl-C, it lets the contexts end, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with dg.DagsterInstance.get() as instance:
        instance.optimize_for_webserver(
            DEFAULT_DB_STATEMENT_TIMEOUT, DEFAULT_POOL_RECYCLE, DEFAULT_POOL_MAX_OVERFLOW
        )
        with WorkspaceProcessContext(
            instance, WorkspaceFileTarget([str(workspace)]), version=__version__
        ) as context:
            app = create_app_from_workspace_process_context(context, live_data_poll_rate=_POLL_MILLISECONDS)
            logging.getLogger(WEBSERVER_LOGGER_NAME).info(
                "Serving the Dagster UI on %s in process %d", address.url, os.getpid()
            )
            uvicorn.run(Guard(app, address.host), host=address.host, port=address.port, log_level="warning")


def main() -> None:
    """Serve what the command line says."""
    parser = argparse.ArgumentParser(description="Serve the Dagster UI to this machine.")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workspace", type=Path, required=True)
    options = parser.parse_args()
    serve(Address(options.host, options.port), options.workspace)


if __name__ == "__main__":
    main()
