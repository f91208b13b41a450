-- Stores what a provider says of runs that were not known.
insert into normalized.runs (run_id, provider, datetime_utc, type, distance, duration, source, avg_heart_rate,
                             shoe_id, shoe_name, is_day_precision, change_id)
select incoming.run_id, %(provider)s, incoming.datetime_utc, incoming.type, incoming.distance,
       incoming.duration, incoming.source, incoming.avg_heart_rate, incoming.shoe_id, incoming.shoe_name,
       incoming.is_day_precision, %(change_id)s
from incoming_normalized_runs as incoming
where not exists (select from normalized.runs as known where known.run_id = incoming.run_id)
