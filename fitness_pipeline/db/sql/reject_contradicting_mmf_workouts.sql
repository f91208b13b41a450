-- Keeps rows that say something else of a workout than an earlier row of the file does.
insert into raw.rejects as known
       (provider, raw_key, stage, file_id, row_number, reason, payload, dagster_run_id)
select 'mmf', incoming.workout_key || ' again ' || repeated.occurrence, 'extract', %(file_id)s,
       incoming.row_number,
       format('Row %%s already tells of this workout (%%s), with other values; that row was taken.',
              repeated.first_row_number, incoming.link),
       to_jsonb(incoming) - 'row_number' - 'workout_key', %(dagster_run_id)s
from repeated_mmf_workouts as repeated
join incoming_mmf_workouts as incoming using (row_number)
where not repeated.is_same
on conflict (provider, stage, raw_key) do update
   set (file_id, row_number, reason, payload, rejected_at, dagster_run_id, resolved_at)
     = (excluded.file_id, excluded.row_number, excluded.reason, excluded.payload, now(),
        excluded.dagster_run_id, null)
