-- Replaces what a provider says of known runs where it differs. The values that were merged last are the base
-- that the next merge needs; they stay when a run changes twice between two merges.
update normalized.runs as known
set base = case when known.change_id <= %(merged_change_id)s
                then row (known.datetime_utc, known.type, known.distance, known.duration,
                          known.avg_heart_rate, known.shoe_id)::normalized.run_values
                else known.base end,
    datetime_utc = differing.datetime_utc,
    type = differing.type,
    distance = differing.distance,
    duration = differing.duration,
    avg_heart_rate = differing.avg_heart_rate,
    shoe_id = differing.shoe_id,
    shoe_name = differing.shoe_name,
    is_day_precision = differing.is_day_precision,
    withdrawn_reason = null,
    is_withdrawal_pending = false,
    change_id = %(change_id)s,
    changed_at = now()
from differing_runs as differing
where known.run_id = differing.run_id
  and differing.is_known
