-- The first row of a workout counts.
delete from incoming_mmf_workouts as incoming
using repeated_mmf_workouts as repeated
where repeated.row_number = incoming.row_number
