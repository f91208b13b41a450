"""`fitness-pipeline up`: everything that a person needs, until Ctrl-C."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from fitness_pipeline.cli.console import console
from fitness_pipeline.environments import with_environment
from fitness_pipeline.errors import ConfigurationError
from fitness_pipeline.settings import Settings, load_settings


def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the Dagster UI.")] = 3000,
    host: Annotated[
        str, typer.Option(help="127.0.0.1, ::1 or localhost; not beyond, for the UI has no login.")
    ] = "127.0.0.1",
    api_port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the REST API.")] = 8000,
    api_host: Annotated[
        str, typer.Option(help="Where the REST API answers; beyond this machine only once there is a token.")
    ] = "127.0.0.1",
) -> None:
    """Run the database, Dagster and the REST API: sync what is connected, import the inbox, until Ctrl-C."""
    # Dagster takes a second to load: not for `--help`.
    from fitness_pipeline.stack.address import address_of, loopback_address
    from fitness_pipeline.stack.run import run_stack

    settings, ui, api = load_settings(), loopback_address(host, port), address_of(api_host, api_port)
    if port == api_port:
        raise ConfigurationError(
            f"The Dagster UI and the REST API cannot both have port {port}. Give one of them another: "
            "--port or --api-port."
        )
    run_stack(
        settings,
        ui,
        api,
        on_progress=lambda sentence: console.print(Text(sentence)),
        on_ready=lambda stack: print_directions(settings, ui.url, api.on_this_machine.url, stack.log_dir),
    )
    console.print(f"Stopped. {_what_stays(settings)}")


def print_directions(settings: Settings, ui_url: str, api_url: str, log_dir: Path) -> None:
    """Print where everything is, now that it runs.

    Args:
        settings: of the environment that runs.
        ui_url: of the Dagster UI.
        api_url: of the REST API.
        log_dir: the folder of the services' logs.
    """
    asking = with_environment("ask it with a token of `fitness-pipeline token mint`", settings.env)
    stopping = with_environment(f"Ctrl-C. {_what_stays(settings)}", settings.env)
    directions = (
        ("Dagster UI", Text(ui_url, style=f"link {ui_url}")),
        ("REST API", Text(f"{api_url}/docs: {asking}")),
        ("Inbox", Text(f"{settings.inbox_dir}: a MapMyFitness export dropped here is imported")),
        ("Logs", Text(str(log_dir))),
        ("Stop", Text(stopping)),
    )
    console.print()
    for name, direction in directions:
        console.print(Text.assemble((f"{name:<12}", "bold"), direction))
    console.print()


def _what_stays(settings: Settings) -> str:
    if not settings.is_embedded:
        return "The database of DATABASE_URL is left as it is."
    return "Postgres goes on running for the other commands; `fitness-pipeline db stop` stops it."
