-- Notes where rows stand that are rejected when they are normalized, or may be.
insert into raw.rejected_rows (file_id, row_number, stage, raw_key)
select %(file_id)s, row_number, 'normalize', workout_key
from incoming_mmf_workouts
where row_number = any(%(doubtful_rows)s)
on conflict (file_id, row_number) do nothing
