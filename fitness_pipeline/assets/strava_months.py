"""The months of the athlete's history, in UTC: what the UI offers for a backfill, up to the current one."""

import dagster as dg

from fitness_pipeline.settings import load_history_settings

strava_months = dg.MonthlyPartitionsDefinition(
    start_date=load_history_settings().strava_history_start.isoformat(), end_offset=1
)
