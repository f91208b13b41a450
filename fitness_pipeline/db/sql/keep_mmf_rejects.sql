-- Keeps raw rows that cannot become runs, each with its reason; one that is rejected again is not written again.
insert into raw.rejects as known
       (provider, raw_key, stage, file_id, row_number, reason, payload, dagster_run_id)
select %(provider)s, incoming.key, 'normalize', workout.file_id, workout.row_number, incoming.reason,
       to_jsonb(workout) - 'workout_key' - 'file_id' - 'row_number' - 'change_id', %(dagster_run_id)s
from incoming_rejects as incoming
join raw.mmf_workouts as workout on workout.workout_key = incoming.key
on conflict (provider, stage, raw_key) do update
   set (file_id, row_number, reason, payload, rejected_at, dagster_run_id, resolved_at)
     = (excluded.file_id, excluded.row_number, excluded.reason, excluded.payload, now(),
        excluded.dagster_run_id, null)
 where (known.file_id, known.row_number, known.reason, known.payload, known.resolved_at)
       is distinct from
       (excluded.file_id, excluded.row_number, excluded.reason, excluded.payload, null)
