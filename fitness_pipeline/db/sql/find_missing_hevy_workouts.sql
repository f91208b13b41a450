-- Finds the stored workouts that a listing should have listed and did not.
select known.workout_id
from raw.hevy_workouts as known
where known.upstream_deleted_at is null
  and known.change_id <= %(begun_change_id)s
  and not exists (
      select from (select unnest(workout_ids) as workout_id
                   from raw.hevy_listed_pages where listing_id = %(listing_id)s) as listed
      where listed.workout_id = known.workout_id
  )
order by known.changed_upstream_at desc nulls last, known.workout_id
