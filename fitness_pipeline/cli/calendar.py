"""`fitness-pipeline calendar`: which runs are on Google Calendar."""

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, error_console
from fitness_pipeline.cli.sync_calendar import preview_calendar_sync, require_google, run_calendar_sync, show
from fitness_pipeline.errors import NotConnected
from fitness_pipeline.settings import load_settings

app = typer.Typer(help="Say which runs are on Google Calendar.", no_args_is_help=True)

Runs = Annotated[list[str], typer.Argument(help="Ids of runs, such as strava_123.", metavar="RUN...")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def backfill(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day to show.")],
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen.")] = False,
    as_json: Json = False,
) -> None:
    """Show older runs, too, from now on."""
    settings = load_settings()
    require_google(settings)
    sync = preview_calendar_sync if is_dry_run else run_calendar_sync
    show(sync(settings, since=since.date()), as_json=as_json)


@app.command()
def resync(runs: Runs, as_json: Json = False) -> None:
    """Put runs on the calendar again: deleted in Google, removed by you, too old, or changed there."""
    from fitness_pipeline.db.calendar_wishes import want_event_again
    from fitness_pipeline.db.connection import connect

    settings = load_settings()
    require_google(settings)
    with connect() as connection, connection.transaction():
        for run_id in dict.fromkeys(runs):
            want_event_again(run_id, settings.google_calendar_id, conn=connection)
    show(run_calendar_sync(settings), as_json=as_json)


@app.command()
def remove(runs: Runs, as_json: Json = False) -> None:
    """Take runs off the calendar for good; the runs themselves stay."""
    from fitness_pipeline.db.calendar_wishes import decline_event
    from fitness_pipeline.db.connection import connect

    settings = load_settings()
    require_google(settings)
    with connect() as connection, connection.transaction():
        for run_id in dict.fromkeys(runs):
            decline_event(run_id, settings.google_calendar_id, conn=connection)
    show(run_calendar_sync(settings), as_json=as_json)


@app.command()
def disconnect(
    are_events_removed: Annotated[
        bool, typer.Option("--remove-events", help="Delete the events first; otherwise they stay.")
    ] = False,
) -> None:
    """Disconnect Google Calendar."""
    from fitness_pipeline.steps.google_access import find_obstacle
    from fitness_pipeline.steps.sync_calendar import disconnect_calendar

    settings = load_settings()
    # What is to be forgotten need not work any more.
    if (obstacle := find_obstacle(settings)) and (are_events_removed or isinstance(obstacle, NotConnected)):
        raise obstacle
    with error_console.status("Disconnecting Google Calendar") as spinner:
        work = disconnect_calendar(
            settings,
            are_events_removed=are_events_removed,
            on_progress=lambda sentence: spinner.update(escape(sentence)),
        )
    if work.failed:
        error_console.print(
            f"[bold red]Not done.[/bold red] Google did not delete {work.failed} events, so it is still "
            "connected. Run the command again in a while."
        )
        raise typer.Exit(2)
    if are_events_removed:
        console.print(f"{work.deleted} events are deleted.")
    console.print(
        "[green]Google Calendar is disconnected.[/green] To take the permission back at Google, too: "
        "https://myaccount.google.com/connections."
    )
