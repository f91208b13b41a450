-- Keeps workouts that cannot become lifts, each with its reason; one that is rejected again is not written again.
insert into raw.rejects as known (provider, raw_key, stage, reason, payload, dagster_run_id)
select 'hevy', compared.lift_id, 'normalize',
       case when btrim(workout.workout_id) = '' then 'Id is missing; expected the id of a workout at Hevy'
            when normalized.lift_text(workout.payload ->> 'start_time') is null
            then 'Start is missing; expected something like 2026-04-01T20:00:00Z'
            else format('Start "%%s" is no instant from 1900 to 2199; expected something like '
                        '2026-04-01T20:00:00Z', left(workout.payload ->> 'start_time', 60)) end,
       workout.payload, %(dagster_run_id)s
from compared_lifts as compared
join raw.hevy_workouts as workout on workout.workout_id = compared.workout_id
where compared.what = 'rejected'
on conflict (provider, stage, raw_key) do update
   set (reason, payload, rejected_at, dagster_run_id, resolved_at)
     = (excluded.reason, excluded.payload, now(), excluded.dagster_run_id, null)
 where (known.reason, known.payload, known.resolved_at)
       is distinct from
       (excluded.reason, excluded.payload, null)
