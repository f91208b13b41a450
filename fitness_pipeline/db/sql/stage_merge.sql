-- Lays out and locks, for each concerned run that is there already: what was merged last (base), what the
-- provider says now (upstream) and what the run is now (present).
create temp table merging on commit drop as
with states as (
    select runs.id,
           concerned.withdrawn_reason,
           concerned.is_withdrawal_pending,
           runs.deleted_at,
           coalesce(concerned.base,
                    (select row (original.datetime_utc, original.type, original.distance, original.duration,
                                 original.avg_heart_rate, original.shoe_id)::normalized.run_values
                     from runs_history as original
                     where original.run_id = runs.id and original.version_number = 1)) as base,
           row (concerned.datetime_utc, concerned.type, concerned.distance, concerned.duration,
                concerned.avg_heart_rate, concerned.shoe_id)::normalized.run_values as upstream,
           row (runs.datetime_utc, runs.type, runs.distance, runs.duration,
                runs.avg_heart_rate, runs.shoe_id)::normalized.run_values as present
    from concerned
    join runs on runs.id = concerned.id
    where concerned.is_known
    order by runs.id
    for no key update of runs
)
select id, withdrawn_reason, is_withdrawal_pending, deleted_at, base, upstream, present,
       row (normalized.merged((base).datetime_utc, (upstream).datetime_utc, (present).datetime_utc),
            normalized.merged((base).type, (upstream).type, (present).type),
            normalized.merged((base).distance, (upstream).distance, (present).distance),
            normalized.merged((base).duration, (upstream).duration, (present).duration),
            normalized.merged((base).avg_heart_rate, (upstream).avg_heart_rate, (present).avg_heart_rate),
            normalized.merged((base).shoe_id, (upstream).shoe_id, (present).shoe_id)
       )::normalized.run_values as merged,
       -- gone upstream, and this was not acted on yet
       is_withdrawal_pending and deleted_at is null as is_to_delete,
       false as is_to_revive
from states
