-- Gives normalized rows the values that come from raw. It is no news for a merge, which would take the wrong values
-- for what the provider had said before.
update normalized.runs as stored
set provider = recomputed.provider,
    datetime_utc = recomputed.datetime_utc,
    type = recomputed.type,
    distance = recomputed.distance,
    duration = recomputed.duration,
    source = recomputed.source,
    avg_heart_rate = recomputed.avg_heart_rate,
    shoe_id = recomputed.shoe_id,
    shoe_name = recomputed.shoe_name,
    is_day_precision = recomputed.is_day_precision,
    withdrawn_reason = null,
    is_withdrawal_pending = false,
    changed_at = now()
from rebuild_scratch.normalized_damage as damage
join rebuild_scratch.normalized_runs as recomputed on recomputed.run_id = damage.run_id
where stored.run_id = damage.run_id
