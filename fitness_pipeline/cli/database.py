"""`fitness-pipeline db`: the database itself."""

import os
import shutil
import sys
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, print_json
from fitness_pipeline.errors import ConfigurationError, DatabaseMissing, FitnessPipelineError
from fitness_pipeline.settings import Settings, load_settings

app = typer.Typer(help="Start, stop, migrate and reach the database.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database's schema to the newest version."""
    from fitness_pipeline.db import migrations
    from fitness_pipeline.db.provision import existing_database_url

    url = existing_database_url(load_settings())
    is_changed = migrations.upgrade(url)
    revision = migrations.current_revision(url)
    console.print(f"The schema is {'now' if is_changed else 'already'} at its newest version, {revision}.")


@app.command()
def start() -> None:
    """Start the embedded server."""
    from fitness_pipeline.db.provision import ready_database_url

    settings = _embedded_settings("start")
    ready_database_url(settings)
    console.print(f"Postgres runs. Its files: {escape(str(settings.postgres_dir))}")


@app.command()
def stop() -> None:
    """Stop the embedded server; whoever is connected is disconnected."""
    from fitness_pipeline.db import embedded

    settings = _embedded_settings("stop")
    was_running = embedded.stop(settings.postgres_dir)
    console.print("Postgres is stopped." if was_running else "Postgres was not running.")


@app.command("status")
def show_status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show which database is used, whether it answers and which schema it has. Nothing is started."""
    from fitness_pipeline.db import embedded, migrations

    settings = load_settings()
    server = embedded.find_running(settings.postgres_dir) if settings.is_embedded else None
    url = server.url(settings.embedded_database) if server else _given_url(settings)
    try:
        revision = migrations.current_revision(url) if url else None
        problem = None if url else "Postgres is not running. `fitness-pipeline db start` starts it."
    except FitnessPipelineError as error:
        revision, problem = None, str(error)
        if server and isinstance(error, DatabaseMissing):
            problem = "There is no database for this environment yet. `fitness-pipeline db start` makes it."
    facts = {
        "server": "embedded" if settings.is_embedded else "DATABASE_URL",
        "files": str(settings.postgres_dir) if settings.is_embedded else None,
        "pid": server.pid if server else None,
        "schema": revision,
        "problem": problem,
    }
    if as_json:
        print_json(facts)
    else:
        for name, value in facts.items():
            if value is not None:
                console.print(f"{name:8} {escape(str(value))}")
    if problem:
        raise typer.Exit(2)


@app.command()
def url() -> None:
    """Make sure that the database runs, then print a URL that any program can use right away."""
    from fitness_pipeline.db.provision import ready_database_url

    # Not through the console, which might colour it: it is meant for $(fitness-pipeline db url).
    sys.stdout.write(f"{ready_database_url(load_settings())}\n")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database; what follows is handed to psql (`db psql -c 'select 1'`)."""
    from fitness_pipeline.db import embedded
    from fitness_pipeline.db.provision import ready_database_url

    url = ready_database_url(load_settings())
    program = shutil.which("psql", path=str(embedded.bin_dir())) or shutil.which("psql")
    if program is None:
        raise FitnessPipelineError("psql was not found. Use any other Postgres client with `db url`.")
    sys.stdout.flush()
    # psql becomes this process, so that the terminal and its signals are its own.
    os.execv(program, [program, url, *context.args])  # noqa: S606 - no shell in it


def _embedded_settings(verb: str) -> Settings:
    settings = load_settings()
    if not settings.is_embedded:
        raise ConfigurationError(
            f"DATABASE_URL names a server of your own, which is not ours to {verb}. Without DATABASE_URL the "
            "embedded server is used."
        )
    return settings


def _given_url(settings: Settings) -> str | None:
    return settings.database_url.get_secret_value() if settings.database_url else None
