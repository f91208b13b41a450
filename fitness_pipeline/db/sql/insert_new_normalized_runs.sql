-- Stores what a provider says of runs that were not known. The order keeps index pages together.
insert into normalized.runs (run_id, provider, datetime_utc, type, distance, duration, source, avg_heart_rate,
                             shoe_id, shoe_name, is_day_precision, change_id)
select run_id, %(provider)s, datetime_utc, type, distance, duration, source, avg_heart_rate,
       shoe_id, shoe_name, is_day_precision, %(change_id)s
from differing_runs
where not is_known
order by run_id
