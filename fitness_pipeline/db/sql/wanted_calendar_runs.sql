-- Of the runs that are looked at, those that are to be on the calendar: not deleted, not declined by the runner,
-- and begun late enough or on the calendar once already. Newest first, which is the order of their events.
select runs.id, runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.source, runs.avg_heart_rate,
       shoes.name as shoe, workout.time_zone as day_zone, runs.version
from concerned
join runs on runs.id = concerned.run_id
left join shoes on shoes.id = runs.shoe_id
left join raw.mmf_workouts as workout on workout.workout_key = runs.id
left join lateral (
    select is_declined from normalized.calendar_events as event
    where event.run_id = runs.id
    order by generation desc
    limit 1
) as newest on true
where runs.deleted_at is null
  and (runs.datetime_utc >= %(since)s or newest.is_declined is not null)
  and newest.is_declined is not true
order by runs.datetime_utc desc, runs.id desc
