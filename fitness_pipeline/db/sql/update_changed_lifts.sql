-- Replaces what known lifts say where it differs.
update lifts as known
set title = differing.title,
    description = differing.description,
    start_time = differing.start_time,
    end_time = differing.end_time,
    exercises = workout.exercises,
    total_volume_kg = workout.total_volume_kg,
    total_sets = workout.total_sets,
    deleted_at = case when workout.upstream_deleted_at is not null
                      then coalesce(known.deleted_at, workout.upstream_deleted_at) end
from differing_lifts as differing
join raw.hevy_workouts as workout on workout.workout_id = differing.workout_id
where known.id = differing.lift_id
  and differing.is_known
