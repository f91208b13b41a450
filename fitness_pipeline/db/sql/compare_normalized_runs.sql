-- Picks the incoming runs that are new or differ from what is stored.
create temp table differing_runs on commit drop as
select incoming.*, known.run_id is not null as is_known
from incoming_normalized_runs as incoming
left join normalized.runs as known on known.run_id = incoming.run_id
where known.run_id is null
   or (known.datetime_utc, known.type, known.distance, known.duration, known.avg_heart_rate,
       known.shoe_id, known.shoe_name, known.is_day_precision, known.withdrawn_reason)
      is distinct from
      (incoming.datetime_utc, incoming.type, incoming.distance, incoming.duration, incoming.avg_heart_rate,
       incoming.shoe_id, incoming.shoe_name, incoming.is_day_precision, null::text)
