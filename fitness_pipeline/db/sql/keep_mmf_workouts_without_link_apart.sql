-- Without a workout id in the link, equal rows may well be two runs of one day: their order keeps them apart.
with apart as (
    delete from repeated_mmf_workouts where workout_key like 'mmf\_x\_%' returning row_number, occurrence
)
update incoming_mmf_workouts as incoming
set workout_key = incoming.workout_key || '_' || apart.occurrence
from apart
where apart.row_number = incoming.row_number
