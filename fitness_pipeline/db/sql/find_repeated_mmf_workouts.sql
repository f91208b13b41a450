-- Rows that name a workout which an earlier row of the file names too, and whether they say the same of it.
create temp table repeated_mmf_workouts on commit drop as
with several as (
    select workout_key from incoming_mmf_workouts group by workout_key having count(*) > 1
),
ordered as (
    select incoming.row_number, incoming.workout_key,
           row_number() over by_row as occurrence,
           first_value(incoming.row_number) over by_row as first_row_number,
           to_jsonb(incoming) - 'row_number' as cells,
           first_value(to_jsonb(incoming) - 'row_number') over by_row as first_cells
    from incoming_mmf_workouts as incoming
    join several using (workout_key)
    window by_row as (partition by incoming.workout_key order by incoming.row_number)
)
select row_number, workout_key, occurrence, first_row_number, cells = first_cells as is_same
from ordered
where occurrence > 1
