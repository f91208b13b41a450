"""`fitness-pipeline sync`: what is new at a provider, now."""

import typer

from fitness_pipeline.cli.sync_calendar import calendar
from fitness_pipeline.cli.sync_hevy import hevy
from fitness_pipeline.cli.sync_strava import strava

app = typer.Typer(help="Sync a provider now; `up` does it by itself.", no_args_is_help=True)
for provider in (strava, hevy, calendar):
    app.command()(provider)
