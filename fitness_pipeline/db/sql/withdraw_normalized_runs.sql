-- Marks known runs whose provider now lists them as something else than a run.
update normalized.runs as known
set base = case when known.change_id <= %(merged_change_id)s
                then row (known.datetime_utc, known.type, known.distance, known.duration,
                          known.avg_heart_rate, known.shoe_id)::normalized.run_values
                else known.base end,
    withdrawn_reason = format('It is listed as "%%s" now', incoming.activity_type),
    is_withdrawal_pending = true,
    change_id = %(change_id)s,
    changed_at = now()
from incoming_others as incoming
where known.run_id = incoming.workout_key
  and known.withdrawn_reason is null
