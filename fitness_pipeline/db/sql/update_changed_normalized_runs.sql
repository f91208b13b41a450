-- Replaces what a provider says of known runs where it differs. The values that were merged last are the base
-- that the next merge needs; they stay when a run changes twice between two merges.
update normalized.runs as known
set base = case when known.change_id <= %(merged_change_id)s
                then row (known.datetime_utc, known.type, known.distance, known.duration,
                          known.avg_heart_rate, known.shoe_id)::normalized.run_values
                else known.base end,
    datetime_utc = incoming.datetime_utc,
    type = incoming.type,
    distance = incoming.distance,
    duration = incoming.duration,
    avg_heart_rate = incoming.avg_heart_rate,
    shoe_id = incoming.shoe_id,
    shoe_name = incoming.shoe_name,
    is_day_precision = incoming.is_day_precision,
    withdrawn_reason = null,
    is_withdrawal_pending = false,
    change_id = %(change_id)s,
    changed_at = now()
from incoming_normalized_runs as incoming
where known.run_id = incoming.run_id
  and (known.datetime_utc, known.type, known.distance, known.duration, known.avg_heart_rate,
       known.shoe_id, known.shoe_name, known.is_day_precision, known.withdrawn_reason)
      is distinct from
      (incoming.datetime_utc, incoming.type, incoming.distance, incoming.duration, incoming.avg_heart_rate,
       incoming.shoe_id, incoming.shoe_name, incoming.is_day_precision, null::text)
