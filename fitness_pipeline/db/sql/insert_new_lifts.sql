-- Stores lifts that were not known.
insert into lifts (id, title, description, start_time, end_time, exercises, total_volume_kg, total_sets,
                   deleted_at)
select compared.lift_id, workout.title, workout.description, workout.start_time, workout.end_time,
       workout.exercises, workout.total_volume_kg, workout.total_sets, workout.upstream_deleted_at
from compared_lifts as compared
join raw.hevy_workouts as workout on workout.workout_id = compared.workout_id
where not compared.is_known and compared.what in ('new', 'deleted')
