-- Tells which workouts are new, came differently than before, or are back, unless what is stored is newer. A
-- workout that was deleted is back when it is listed, or was changed after its deletion.
select incoming.workout_id, known.workout_id is null as is_new
from unnest(%(workout_ids)s::text[], %(digests)b::bytea[], %(changed_at)s::timestamptz[])
     as incoming (workout_id, sha256, changed_at)
left join raw.hevy_workouts as known on known.workout_id = incoming.workout_id
where known.workout_id is null
   or (not coalesce(incoming.changed_at < known.changed_upstream_at, false)
       and case when known.upstream_deleted_at is null then known.sha256 <> incoming.sha256
                else %(are_listed)s or not coalesce(incoming.changed_at <= known.upstream_deleted_at, false)
           end)
