"""How a command runs a Dagster job: it shows how far the job is, and says what went wrong."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.markup import escape

from fitness_pipeline.cli.console import error_console
from fitness_pipeline.settings import Settings

if TYPE_CHECKING:
    from dagster import DagsterInstance


@contextmanager
def shown_job(settings: Settings, doing: str) -> Iterator[tuple["DagsterInstance", Callable[[str], None]]]:
    """Open the database and Dagster for a job, and show how far it is.

    Args:
        settings: whose database.
        doing: what is shown until the job says more.

    Yields:
        The instance to run it in, and whom to tell in a sentence how far it is.

    Raises:
        DatabaseError: the database cannot be used, or is lost.
    """
    with error_console.status("Starting the database") as spinner:
        # Dagster and polars take a second to load: not for `--help`.
        from fitness_pipeline.automation.dagster_home import dagster_instance, explained_loss
        from fitness_pipeline.db.provision import ready_database_url

        ready_database_url(settings)
        spinner.update("Opening Dagster")
        with dagster_instance(settings) as instance:
            spinner.update(escape(doing))
            with explained_loss():
                yield instance, lambda sentence: spinner.update(escape(sentence))


def print_troubles(failed_checks: Iterable[str], failures: Iterable[str]) -> None:
    """Print what went wrong in a job.

    Args:
        failed_checks: what asset checks found wrong with what there is now.
        failures: what could not be done.
    """
    for sentence in failed_checks:
        error_console.print(f"[bold red]Look at this.[/bold red] {escape(sentence)}")
    for sentence in failures:
        error_console.print(f"[bold red]Not done.[/bold red] {escape(sentence)}")
