"""`fitness-pipeline demo`: the whole journey over sample data, in a database of its own."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, print_table
from fitness_pipeline.cli.imports import print_summary, run_import
from fitness_pipeline.cli.sync_calendar import print_calendar_sync, run_calendar_sync
from fitness_pipeline.cli.sync_hevy import print_hevy_sync, run_hevy_sync
from fitness_pipeline.cli.sync_strava import print_strava_sync, run_strava_sync
from fitness_pipeline.project import shipped_file
from fitness_pipeline.settings import DEMO, Settings, load_settings

_BAR_WIDTH = 40
_EVENTS = 8


def demo() -> None:
    """Run the pipeline over sample data, without any account. Run it again: nothing changes."""
    os.environ["ENV"] = DEMO
    settings = load_settings()
    samples = sorted(
        shipped_file("data/sample").glob("*.csv"), key=lambda path: (path.stat().st_size, path.name)
    )
    console.print("[bold]MapMyFitness exports become runs with history in Postgres.[/bold]")
    for sample in samples:
        console.print(f"\n[bold]{escape(sample.name)}[/bold]")
        print_summary(run_import(settings, [sample]))
    events = _sync_providers(settings)
    _print_mileage(settings.mmf_timezone)
    _print_calendar(events)
    _print_next_steps(settings)


def _sync_providers(settings: Settings) -> list[dict[str, Any]]:
    """Sync Strava, Hevy and the calendar; return the events that are on it then."""
    # This loads httpx.
    from fitness_pipeline.stack.stand_in import stand_in_accounts, stand_in_calendar

    console.print(
        "\nThe demo has no accounts, so stand-ins on this machine play Strava, Hevy and Google Calendar, "
        "with years of somebody who does not exist."
    )
    with stand_in_accounts(settings):
        console.print("\n[bold]Activities from Strava's API join the runs.[/bold]")
        strava = run_strava_sync(settings)
        print_strava_sync(strava)
        console.print("\n[bold]Strength sessions from Hevy's API become lifts.[/bold]")
        hevy = run_hevy_sync(load_settings())
        print_hevy_sync(hevy)
        console.print("\n[bold]The runs of the last 90 days go to Google Calendar.[/bold]")
        with stand_in_calendar(settings) as google:
            calendar = run_calendar_sync(load_settings())
            print_calendar_sync(calendar)
            events = google.calendar().live()
    if strava.failures or hevy.failures or calendar.failures:
        raise typer.Exit(2)
    return events


def _print_calendar(events: Sequence[Mapping[str, Any]]) -> None:
    """Print what the calendar shows last."""
    by_start = sorted(events, key=lambda event: event["start"].get("dateTime") or event["start"]["date"])
    print_table(
        ("when", "event", "description"),
        [
            (
                (event["start"].get("dateTime") or event["start"]["date"])[:16].replace("T", " "),
                event["summary"],
                event.get("description", "").replace("\n", " · "),
            )
            for event in by_start[-_EVENTS:]
        ],
        title=f"On the calendar: {len(events)} events, of which these are the last",
    )


def _print_mileage(time_zone: str) -> None:
    from fitness_pipeline.db.mileage import mileage_by_shoe, mileage_by_year

    years = mileage_by_year(time_zone)
    most = max((year.miles for year in years), default=1)
    print_table(
        ("year", "runs", "miles", ""),
        [
            (year.year, year.runs, f"{year.miles:,.1f}", "█" * max(1, round(_BAR_WIDTH * year.miles / most)))
            for year in years
        ],
        title="Miles by year",
        right=frozenset({"runs", "miles"}),
    )
    print_table(
        ("shoe", "runs", "miles"),
        [(shoe.shoe or "(no shoe noted)", shoe.runs, f"{shoe.miles:,.1f}") for shoe in mileage_by_shoe()],
        title="Miles by shoe",
        right=frozenset({"runs", "miles"}),
    )


def _print_next_steps(settings: Settings) -> None:
    from fitness_pipeline.db.provision import ready_database_url

    console.print("\n[bold]Where it is[/bold]")
    console.print(f"Postgres, in a database of the demo's own: {escape(ready_database_url(settings))}")
    console.print(f"Its files: {escape(str(settings.postgres_dir))}. Your own data goes to another database.")
    console.print("\n[bold]What to do next[/bold]")
    steps = (
        ("fitness-pipeline --env demo up", "see it in the Dagster UI, where the stand-ins go on"),
        ("fitness-pipeline --env demo db psql", "ask the demo's database yourself"),
        ("fitness-pipeline import FILE...", "import your own export from mapmyfitness.com"),
        ("fitness-pipeline auth strava", "connect your own Strava account"),
        ("fitness-pipeline auth google", "connect your own Google Calendar"),
        ("fitness-pipeline up", "sync what is connected and import every CSV in data/inbox, by itself"),
        ("fitness-pipeline db stop", "stop Postgres, which keeps running until then"),
    )
    for command, purpose in steps:
        console.print(f"  [cyan]uv run {command:<38}[/cyan] {purpose}")
