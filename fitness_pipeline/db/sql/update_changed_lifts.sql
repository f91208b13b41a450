-- Replaces what known lifts say where it differs.
update lifts as known
set title = workout.title,
    description = workout.description,
    start_time = coalesce(workout.start_time, known.start_time),
    end_time = workout.end_time,
    exercises = workout.exercises,
    total_volume_kg = workout.total_volume_kg,
    total_sets = workout.total_sets,
    deleted_at = case when workout.upstream_deleted_at is not null
                      then coalesce(known.deleted_at, workout.upstream_deleted_at) end
from compared_lifts as compared
join raw.hevy_workouts as workout on workout.workout_id = compared.workout_id
where known.id = compared.lift_id
  and compared.is_known
  and compared.what in ('changed', 'deleted', 'revived')
