-- Stores lifts that were not known. The order keeps index pages together.
insert into lifts (id, title, description, start_time, end_time, exercises, total_volume_kg, total_sets,
                   deleted_at)
select differing.lift_id, differing.title, differing.description, differing.start_time, differing.end_time,
       workout.exercises, workout.total_volume_kg, workout.total_sets, workout.upstream_deleted_at
from differing_lifts as differing
join raw.hevy_workouts as workout on workout.workout_id = differing.workout_id
where not differing.is_known
order by differing.lift_id
