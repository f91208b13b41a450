-- Stores the rows of workouts that were not known.
insert into raw.mmf_workouts
       (workout_key, date_submitted, workout_date, activity_type, calories_burned, distance, workout_time,
        avg_pace, max_pace, avg_speed, max_speed, avg_heart_rate, steps, notes, source, link,
        extra,
        unit, time_zone, file_id, row_number, change_id)
select incoming.workout_key,
       incoming.date_submitted, incoming.workout_date, incoming.activity_type, incoming.calories_burned,
       incoming.distance, incoming.workout_time, incoming.avg_pace, incoming.max_pace, incoming.avg_speed,
       incoming.max_speed, incoming.avg_heart_rate, incoming.steps, incoming.notes, incoming.source,
       incoming.link, incoming.extra,
       %(unit)s, %(time_zone)s, %(file_id)s, incoming.row_number, %(change_id)s
from incoming_mmf_workouts as incoming
where not exists (select from raw.mmf_workouts as known where known.workout_key = incoming.workout_key)
