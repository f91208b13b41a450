-- Tells what becomes of each workout that changed. One that is deleted needs no start to be so, as long as its
-- lift is known. When a deletion was found is no difference. What is long (the exercises) stays where it is.
create temp table compared_lifts on commit drop as
select workout.workout_id,
       'hevy_' || workout.workout_id as lift_id,
       known.id is not null as is_known,
       case when workout.upstream_deleted_at is null
             and (workout.start_time is null or btrim(workout.workout_id) = '') then 'rejected'
            when known.id is null
             and (workout.start_time is null or btrim(workout.workout_id) = '') then 'unchanged'
            when workout.upstream_deleted_at is not null and known.deleted_at is null then 'deleted'
            when known.id is null then 'new'
            when workout.upstream_deleted_at is null and known.deleted_at is not null then 'revived'
            when (known.title, known.description, known.start_time, known.end_time, known.total_volume_kg,
                  known.total_sets, known.exercises)
                 is distinct from
                 (workout.title, workout.description, coalesce(workout.start_time, known.start_time),
                  workout.end_time, workout.total_volume_kg, workout.total_sets, workout.exercises)
            then 'changed'
            else 'unchanged' end as what
from raw.hevy_workouts as workout
left join lifts as known on known.id = 'hevy_' || workout.workout_id
where workout.change_id > %(since)s
