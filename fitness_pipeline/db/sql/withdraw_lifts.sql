-- Lets lifts that are deleted and not understood any more be called what they were called before.
insert into incoming_lifts (lift_id, workout_id, title, description, start_time, end_time)
select known.id, incoming.workout_id, known.title, known.description, known.start_time, known.end_time
from incoming_withdrawn_lifts as incoming
join lifts as known on known.id = incoming.lift_id
