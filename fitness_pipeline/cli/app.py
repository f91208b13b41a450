"""The command `fitness-pipeline`: its groups of commands, its options, its exit codes."""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli import auth, calendar, conflicts, database, rejects, shoes, sync, token
from fitness_pipeline.cli.api import api
from fitness_pipeline.cli.console import console, error_console
from fitness_pipeline.cli.demo import demo
from fitness_pipeline.cli.imports import import_files
from fitness_pipeline.cli.rebuild import rebuild
from fitness_pipeline.cli.sandbox import sandbox
from fitness_pipeline.cli.status import status
from fitness_pipeline.cli.up import up
from fitness_pipeline.errors import FitnessPipelineError

DONE, DONE_WITH_REJECTS, NOT_DONE = 0, 1, 2

app = typer.Typer(
    name="fitness-pipeline",
    help="Your runs and strength sessions in one Postgres database.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo)
app.command("import")(import_files)
app.command()(up)
app.command()(api)
app.command()(status)
app.command()(rebuild)
app.command()(sandbox)
app.add_typer(auth.app, name="auth")
app.add_typer(calendar.app, name="calendar")
app.add_typer(conflicts.app, name="conflicts")
app.add_typer(database.app, name="db")
app.add_typer(rejects.app, name="rejects")
app.add_typer(shoes.app, name="shoes")
app.add_typer(sync.app, name="sync")
app.add_typer(token.app, name="token")


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        console.print(version("fitness-pipeline"))
        raise typer.Exit


@app.callback()
def options(
    env: Annotated[
        str | None,
        typer.Option(help="The environment: its .env.<ENV> file and its database. Default: $ENV, or dev."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the options that stand before the command."""
    if env is not None:
        # So that every process which a command starts belongs to the same environment.
        os.environ["ENV"] = env


def main() -> None:
    """Run the command line; a failure that a person can act on is one message and exit code 2."""
    try:
        app()
    except FitnessPipelineError as error:
        error_console.print(f"[bold red]Not done.[/bold red] {escape(str(error))}")
        sys.exit(NOT_DONE)


if __name__ == "__main__":
    main()
