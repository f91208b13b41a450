-- Events that are not as they are wanted, or of which that can be found out now, each with its run, oldest first.
select event.id, event.run_id, event.generation, event.calendar_id, event.event_id, event.state,
       event.is_declined, event.unfinished, event.wanted_hash, event.wanted_version, event.held_hash,
       event.held_version, event.etag, event.description, event.unfinished_description,
       event.runner_description, event.failures, event.doubt,
       runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.source, runs.avg_heart_rate,
       shoes.name as shoe, workout.time_zone as day_zone, runs.version
from normalized.calendar_events as event
join runs on runs.id = event.run_id
left join shoes on shoes.id = runs.shoe_id
left join raw.mmf_workouts as workout on workout.workout_key = runs.id
where {is_due} and (%(run_id)s::text is null or event.run_id = %(run_id)s)
order by event.id
limit %(limit)s
