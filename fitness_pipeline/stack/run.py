"""One run of the stack, from the database's start to the last process's end."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from fitness_pipeline.automation.dagster_home import dagster_environment, dagster_instance
from fitness_pipeline.automation.interrupted_runs import fail_abandoned_runs, fail_launched_runs
from fitness_pipeline.db import embedded, migrations
from fitness_pipeline.db.provision import existing_database_url
from fitness_pipeline.errors import ServerUnreachable
from fitness_pipeline.settings import DEMO, Settings
from fitness_pipeline.stack.address import Address, require_free
from fitness_pipeline.stack.leftovers import end_leftovers
from fitness_pipeline.stack.reach import require_token_beyond_loopback
from fitness_pipeline.stack.signals import StopSignals
from fitness_pipeline.stack.single import only_one
from fitness_pipeline.stack.stand_in import stand_in_accounts, stand_in_calendar
from fitness_pipeline.stack.supervisor import Supervisor


def run_stack(
    settings: Settings,
    ui: Address,
    api: Address,
    *,
    on_progress: Callable[[str], None],
    on_ready: Callable[[Supervisor], None],
) -> None:
    """Run the stack until somebody stops it by Ctrl-C, SIGTERM or a closed terminal.

    Args:
        settings: of the environment to run.
        ui: where the Dagster UI is to answer.
        api: where the REST API is to answer.
        on_progress: called with a sentence on what is being done.
        on_ready: called once both answer.

    Raises:
        AlreadyRunning: it runs already on this Dagster home.
        ConfigurationError: an address cannot be used, or others could reach the API without a token.
        DatabaseError: the database cannot be used.
        FitnessPipelineError: a service ended by itself or the embedded database was stopped; all other
            services are ended then, too.
    """
    home = settings.dagster_home
    with only_one(home, ui.url):
        if count := end_leftovers(home):
            on_progress(f"Ended {count} processes that an `up` which was killed had left behind.")
        require_free(ui)
        require_free(api, "fitness-pipeline up --api-port {port}")
        _prepare(settings, api, on_progress)
        with _providers(settings, on_progress), StopSignals() as signals:
            environment = {**os.environ, **dagster_environment(settings)}
            with Supervisor(home, environment, signals) as supervisor:
                try:
                    if supervisor.start(ui, api):
                        on_ready(supervisor)
                    supervisor.follow(lambda: require_database(settings))
                finally:
                    with suppress(OSError):  # the terminal may be gone
                        on_progress("Stopping Dagster and the REST API.")


def require_database(settings: Settings) -> None:
    """Raise when the embedded server was stopped: Dagster can do nothing without its storage.

    It is not started again. Whoever stopped it may be copying its files.

    Args:
        settings: of the environment that runs.

    Raises:
        ServerUnreachable: it does not run.
    """
    if settings.is_embedded and embedded.find_running(settings.postgres_dir) is None:
        raise ServerUnreachable(
            "Postgres was stopped, so Dagster was stopped, too. `fitness-pipeline up` starts both again."
        )


@contextmanager
def _providers(settings: Settings, on_progress: Callable[[str], None]) -> Iterator[None]:
    """Let stand-ins play the providers of the demo, which has no accounts."""
    if settings.env != DEMO:
        yield
        return
    on_progress("Stand-ins on this machine play Strava, Hevy and Google Calendar.")
    with stand_in_accounts(settings), stand_in_calendar(settings):
        yield


def _prepare(settings: Settings, api: Address, on_progress: Callable[[str], None]) -> None:
    """Make sure that all is there which the services need."""
    on_progress("Starting the database.")
    migrations.upgrade(existing_database_url(settings))
    require_token_beyond_loopback(api)
    settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    on_progress("Starting Dagster and the REST API.")
    # This makes Dagster's tables, too: webserver and daemon would both try to at the same time.
    with dagster_instance(settings) as instance:
        if count := fail_launched_runs(instance) + fail_abandoned_runs(instance):
            on_progress(f"Marked {count} Dagster runs as failed that were cut short.")
