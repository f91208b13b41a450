-- Tells which of the incoming lifts are new, say something else than what is stored, are deleted, or are back.
-- When a deletion was found is no difference. The exercises, which are long, stay where they are.
create temp table differing_lifts on commit drop as
select incoming.*,
       known.id is not null as is_known,
       case when workout.upstream_deleted_at is not null and known.deleted_at is null then 'deleted'
            when known.id is null then 'new'
            when workout.upstream_deleted_at is null and known.deleted_at is not null then 'revived'
            else 'changed' end as what
from incoming_lifts as incoming
join raw.hevy_workouts as workout on workout.workout_id = incoming.workout_id
left join lifts as known on known.id = incoming.lift_id
where known.id is null
   or (known.title, known.description, known.start_time, known.end_time, known.total_volume_kg,
       known.total_sets, known.deleted_at is null, known.exercises)
      is distinct from
      (incoming.title, incoming.description, incoming.start_time, incoming.end_time, workout.total_volume_kg,
       workout.total_sets, workout.upstream_deleted_at is null, workout.exercises)
