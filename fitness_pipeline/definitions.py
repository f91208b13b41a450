"""Everything that Dagster knows of: a table of contents."""

import dagster as dg

from fitness_pipeline.assets.calendar_events import calendar_events
from fitness_pipeline.assets.exercise_templates import exercise_templates
from fitness_pipeline.assets.hevy_exercise_templates import hevy_exercise_templates
from fitness_pipeline.assets.hevy_workouts import hevy_workouts
from fitness_pipeline.assets.lifts import lifts
from fitness_pipeline.assets.mmf_workouts import mmf_workouts
from fitness_pipeline.assets.normalized_runs import normalized_runs
from fitness_pipeline.assets.runs import runs
from fitness_pipeline.assets.shoes import shoes
from fitness_pipeline.assets.strava_activities import strava_activities
from fitness_pipeline.assets.strava_gear import strava_gear
from fitness_pipeline.assets.strength_progress import strength_progress
from fitness_pipeline.automation.calendar_checks import events_are_taken
from fitness_pipeline.automation.calendar_sensor import calendar_is_behind
from fitness_pipeline.automation.checks import (
    conflicts_are_settled,
    ids_match_their_source,
    values_are_possible,
    versions_equal_newest_history,
)
from fitness_pipeline.automation.hevy_schedules import hevy_every_hour, hevy_every_week
from fitness_pipeline.automation.jobs import (
    calendar_job,
    catch_up_job,
    hevy_job,
    mapmyfitness_job,
    strava_job,
)
from fitness_pipeline.automation.lift_checks import (
    exercises_name_known_templates,
    hevy_was_read_lately,
    lifts_are_as_many_as_hevy_counts,
    lifts_end_after_they_start,
)
from fitness_pipeline.automation.sensors import mapmyfitness_inbox, unfinished_work
from fitness_pipeline.automation.strava_schedules import strava_every_half_hour, strava_every_week

defs = dg.Definitions(
    assets=[
        mmf_workouts,
        strava_activities,
        strava_gear,
        normalized_runs,
        shoes,
        runs,
        calendar_events,
        hevy_workouts,
        hevy_exercise_templates,
        lifts,
        exercise_templates,
        strength_progress,
    ],
    asset_checks=[
        versions_equal_newest_history,
        ids_match_their_source,
        values_are_possible,
        conflicts_are_settled,
        events_are_taken,
        lifts_are_as_many_as_hevy_counts,
        lifts_end_after_they_start,
        exercises_name_known_templates,
        hevy_was_read_lately,
    ],
    jobs=[mapmyfitness_job, strava_job, hevy_job, calendar_job, catch_up_job],
    schedules=[strava_every_half_hour, strava_every_week, hevy_every_hour, hevy_every_week],
    sensors=[mapmyfitness_inbox, unfinished_work, calendar_is_behind],
    # The default executor starts a process for each step, which takes longer than most steps.
    executor=dg.in_process_executor,
)
