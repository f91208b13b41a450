"""`fitness-pipeline up`: everything that a person needs, until Ctrl-C."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from fitness_pipeline.cli.console import console
from fitness_pipeline.settings import Settings, load_settings


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the Dagster UI.")] = 3000,
    host: Annotated[
        str, typer.Option(help="127.0.0.1, ::1 or localhost; not beyond, for the UI has no login.")
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
        on_progress=lambda sentence: console.print(Text(sentence)),
        on_ready=lambda stack: print_directions(settings, address.url, stack.log_dir),
    )
    console.print(f"Stopped. {_what_stays(settings)}")


def print_directions(settings: Settings, url: str, log_dir: Path) -> None:
    """Print where everything is, now that it runs.

    Args:
        settings: of the environment that runs.
        url: of the UI.
        log_dir: the folder of the services' logs.
    """
    directions = (
        ("Dagster UI", Text(url, style=f"link {url}")),
        ("Inbox", Text(f"{settings.inbox_dir}: a MapMyFitness export dropped here is imported")),
        ("Logs", Text(str(log_dir))),
        ("Stop", Text(f"Ctrl-C. {_what_stays(settings)}")),
    )
    console.print()
    for name, direction in directions:
        console.print(Text.assemble((f"{name:<12}", "bold"), direction))
    console.print()


def _what_stays(settings: Settings) -> str:
    if not settings.is_embedded:
        return "The database of DATABASE_URL is left as it is."
    return "Postgres goes on running for the other commands; `fitness-pipeline db stop` stops it."
