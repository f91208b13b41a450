-- Finds the day of the last run in a shoe. Runs that are yet to be merged count as they will be then.
select max((start at time zone %(time_zone)s)::date)
from (
    select datetime_utc from runs where shoe_id = %(shoe_id)s and deleted_at is null
    union all
    select upstream.datetime_utc
    from normalized.runs as upstream
    left join normalized.progress as merged on merged.stage = 'merge' and merged.provider = upstream.provider
    left join runs on runs.id = upstream.run_id
    where upstream.shoe_id = %(shoe_id)s
      and upstream.withdrawn_reason is null
      and upstream.change_id > coalesce(merged.change_id, 0)
      and (runs.id is null
           or (runs.deleted_at is null and runs.shoe_id is not distinct from (upstream.base).shoe_id))
) as worn (start)
