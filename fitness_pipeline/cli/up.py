"""`fitness-pipeline up`: everything that a person needs, until Ctrl-C."""

from pathlib import Path
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
    from fitness_pipeline.stack.address import loopback_address
    from fitness_pipeline.stack.run import run_stack

    settings, address = load_settings(), loopback_address(host, port)
    run_stack(
        settings,
        address,
        on_progress=console.print,
        on_ready=lambda stack: _print_directions(settings, address.url, stack.log_dir),
    )
    console.print(f"Stopped. {_database_stays(settings)}")


def _print_directions(settings: Settings, url: str, log_dir: Path) -> None:
    inbox = escape(str(settings.inbox_dir))
    console.print(f"\n[bold]Dagster UI[/bold]  [link={url}]{escape(url)}[/link]")
    console.print(f"[bold]Inbox[/bold]       {inbox}: a MapMyFitness export dropped here is imported")
    console.print(f"[bold]Logs[/bold]        {escape(str(log_dir))}")
    console.print(f"[bold]Stop[/bold]        Ctrl-C. {_database_stays(settings)}\n")


def _database_stays(settings: Settings) -> str:
    if not settings.is_embedded:
        return "The database of DATABASE_URL is left as it is."
    return "Postgres goes on running for the other commands; `fitness-pipeline db stop` stops it."
