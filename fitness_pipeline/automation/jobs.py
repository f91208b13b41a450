"""One job a provider, each with the downstream that it feeds."""

import dagster as dg

from fitness_pipeline.assets.mmf_workouts import mmf_workouts

mapmyfitness_job = dg.define_asset_job(
    "mapmyfitness",
    selection=dg.AssetSelection.assets(mmf_workouts).downstream(),
    description="Imports MapMyFitness exports: the files in the config, or what lies in the inbox.",
)
