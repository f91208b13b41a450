"""Everything that Dagster knows of: a table of contents."""

import dagster as dg

from fitness_pipeline.assets.mmf_workouts import mmf_workouts
from fitness_pipeline.assets.normalized_runs import normalized_runs
from fitness_pipeline.assets.runs import runs
from fitness_pipeline.assets.shoes import shoes
from fitness_pipeline.automation.checks import (
    ids_match_their_source,
    values_are_possible,
    versions_equal_newest_history,
)
from fitness_pipeline.automation.jobs import mapmyfitness_job
from fitness_pipeline.automation.sensors import mapmyfitness_inbox

defs = dg.Definitions(
    assets=[mmf_workouts, normalized_runs, shoes, runs],
    asset_checks=[versions_equal_newest_history, ids_match_their_source, values_are_possible],
    jobs=[mapmyfitness_job],
    sensors=[mapmyfitness_inbox],
    # The default executor starts a process for each step, which takes longer than most steps.
    executor=dg.in_process_executor,
)
