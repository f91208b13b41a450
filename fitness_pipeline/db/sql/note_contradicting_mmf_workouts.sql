-- Notes where rows stand that say something else of a workout than an earlier row of the file does.
insert into raw.rejected_rows (file_id, row_number, stage, raw_key)
select %(file_id)s, row_number, 'extract', workout_key || ' again ' || occurrence
from repeated_mmf_workouts
where not is_same
