-- Keeps workouts that cannot become lifts, each with its reason; one that is rejected again is not written again.
insert into raw.rejects as known (provider, raw_key, stage, reason, payload, dagster_run_id)
select 'hevy', incoming.key, 'normalize', incoming.reason, workout.payload, %(dagster_run_id)s
from incoming_lift_rejects as incoming
join raw.hevy_workouts as workout on workout.workout_id = incoming.workout_id
on conflict (provider, stage, raw_key) do update
   set (reason, payload, rejected_at, dagster_run_id, resolved_at)
     = (excluded.reason, excluded.payload, now(), excluded.dagster_run_id, null)
 where (known.reason, known.payload, known.resolved_at)
       is distinct from
       (excluded.reason, excluded.payload, null)
