"""One job a provider, each with the downstream that it feeds; and that downstream alone."""

import dagster as dg

from fitness_pipeline.assets.calendar_events import calendar_events
from fitness_pipeline.assets.exercise_templates import exercise_templates
from fitness_pipeline.assets.hevy_workouts import hevy_workouts
from fitness_pipeline.assets.lifts import lifts
from fitness_pipeline.assets.mmf_workouts import mmf_workouts
from fitness_pipeline.assets.strava_activities import strava_activities
from fitness_pipeline.assets.strava_gear import strava_gear

mapmyfitness_job = dg.define_asset_job(
    "mapmyfitness",
    selection=dg.AssetSelection.assets(mmf_workouts).downstream(),
    description="Imports MapMyFitness exports: the files in the config, or what lies in the inbox.",
)

strava_job = dg.define_asset_job(
    "strava",
    selection=dg.AssetSelection.assets(strava_activities).downstream(),
    description="Syncs Strava: the selected months; or, with `full_sync: true` for both raw assets, all, "
    "whatever is selected.",
)

hevy_job = dg.define_asset_job(
    "hevy",
    selection=dg.AssetSelection.assets(hevy_workouts).downstream(),
    description="Syncs Hevy: what happened since the last sync; or, with `full_sync: true`, everything.",
)

calendar_job = dg.define_asset_job(
    "calendar",
    selection=dg.AssetSelection.assets(calendar_events),
    description="Brings the calendar in step with the runs; the jobs that make runs do so at their end, too.",
)

catch_up_job = dg.define_asset_job(
    "catch_up",
    # A backfill of activities alone may bring gear that nobody has asked for yet.
    selection=dg.AssetSelection.assets(strava_gear, lifts, exercise_templates).downstream(),
    description="Makes runs and lifts of what was read and not worked through, as after a backfill.",
)
