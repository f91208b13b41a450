-- Marks known runs that their provider lists as something else than a run now, or does not have any more.
update normalized.runs as known
set base = case when known.change_id <= %(merged_change_id)s
                then row (known.datetime_utc, known.type, known.distance, known.duration,
                          known.avg_heart_rate, known.shoe_id)::normalized.run_values
                else known.base end,
    withdrawn_reason = gone.reason,
    is_withdrawal_pending = true,
    change_id = %(change_id)s,
    changed_at = now()
from (
    select key as run_id, format('It is listed as "%%s" now', activity_type) as reason from incoming_others
    union all
    select run_id, reason from incoming_withdrawn
) as gone
where known.run_id = gone.run_id
  and known.withdrawn_reason is null
