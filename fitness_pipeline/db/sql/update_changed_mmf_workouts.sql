-- Replaces the rows of known workouts in which any cell, the unit or the time zone differs.
update raw.mmf_workouts as known
set (date_submitted, workout_date, activity_type, calories_burned, distance, workout_time, avg_pace,
     max_pace, avg_speed, max_speed, avg_heart_rate, steps, notes, source, link, extra,
     unit, time_zone, file_id, row_number, change_id)
  = (incoming.date_submitted, incoming.workout_date, incoming.activity_type, incoming.calories_burned,
     incoming.distance, incoming.workout_time, incoming.avg_pace, incoming.max_pace, incoming.avg_speed,
     incoming.max_speed, incoming.avg_heart_rate, incoming.steps, incoming.notes, incoming.source,
     incoming.link, incoming.extra,
     %(unit)s, %(time_zone)s, %(file_id)s, incoming.row_number, %(change_id)s)
from incoming_mmf_workouts as incoming
where known.workout_key = incoming.workout_key
  and (known.date_submitted, known.workout_date, known.activity_type, known.calories_burned, known.distance,
       known.workout_time, known.avg_pace, known.max_pace, known.avg_speed, known.max_speed,
       known.avg_heart_rate, known.steps, known.notes, known.source, known.link, known.extra,
       known.unit, known.time_zone)
      is distinct from
      (incoming.date_submitted, incoming.workout_date, incoming.activity_type, incoming.calories_burned,
       incoming.distance, incoming.workout_time, incoming.avg_pace, incoming.max_pace, incoming.avg_speed,
       incoming.max_speed, incoming.avg_heart_rate, incoming.steps, incoming.notes, incoming.source,
       incoming.link, incoming.extra,
       %(unit)s, %(time_zone)s::text)
