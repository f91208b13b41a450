-- Gathers what a provider says something new of since the last merge, the withdrawals that wait, and whether
-- each of these runs is there already.
create temp table concerned on commit drop as
select upstream.run_id as id, upstream.datetime_utc, upstream.type, upstream.distance, upstream.duration,
       upstream.source, upstream.avg_heart_rate, upstream.shoe_id, upstream.withdrawn_reason,
       upstream.is_withdrawal_pending, runs.id is not null as is_known,
       -- what a waiting withdrawal brings by again was merged already: it is no change
       case when upstream.change_id > %(since)s then upstream.base
            else row (upstream.datetime_utc, upstream.type, upstream.distance, upstream.duration,
                      upstream.avg_heart_rate, upstream.shoe_id)::normalized.run_values end as base
from normalized.runs as upstream
left join runs on runs.id = upstream.run_id
where upstream.provider = %(provider)s
  and (upstream.change_id > %(since)s or upstream.is_withdrawal_pending)
