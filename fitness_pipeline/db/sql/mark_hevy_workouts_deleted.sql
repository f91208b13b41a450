-- Marks workouts as deleted upstream, unless they already are, or what is stored is newer than the deletion.
update raw.hevy_workouts as known
set upstream_deleted_at = coalesce(gone.deleted_at, now()), change_id = nextval('raw.change_ids')
from unnest(%(workout_ids)s::text[], %(deleted_at)s::timestamptz[]) as gone (workout_id, deleted_at)
where known.workout_id = gone.workout_id
  and known.upstream_deleted_at is null
  and not coalesce(gone.deleted_at < known.changed_upstream_at, false)
returning known.workout_id
