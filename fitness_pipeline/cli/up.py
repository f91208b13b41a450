"""`fitness-pipeline up`: everything that a person needs, until Ctrl-C."""

from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console
from fitness_pipeline.settings import Settings, load_settings


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the Dagster UI.")] = 3000,
    host: Annotated[
        str, typer.Option(help="127.0.0.1, ::1 or localhost: the UI has no login.")
    ] = "127.0.0.1",
) -> None:
    """Start the database and Dagster, import what is dropped into the inbox, and go on until Ctrl-C."""
    # Dagster takes a second to load: not for `--help`.
    from fitness_pipeline.stack.address import Address
    from fitness_pipeline.stack.supervisor import run_stack

    settings, address = load_settings(), Address(host, port)
    run_stack(
        settings,
        address,
        on_progress=console.print,
        on_ready=lambda: _print_directions(settings, address.url),
    )
    console.print(f"Stopped. {_database_stays(settings)}")


def _print_directions(settings: Settings, url: str) -> None:
    from fitness_pipeline.stack.supervisor import log_dir

    inbox = escape(str(settings.inbox_dir))
    console.print(f"\n[bold]Dagster UI[/bold]  [link={url}]{escape(url)}[/link]")
    console.print(f"[bold]Inbox[/bold]       {inbox}: a MapMyFitness export dropped here is imported")
    console.print(f"[bold]Logs[/bold]        {escape(log_dir(settings))}")
    console.print(f"[bold]Stop[/bold]        Ctrl-C. {_database_stays(settings)}\n")


def _database_stays(settings: Settings) -> str:
    if not settings.is_embedded:
        return "The database of DATABASE_URL is left as it is."
    return "Postgres goes on running for the other commands; `fitness-pipeline db stop` stops it."
