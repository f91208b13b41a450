-- Lists the conflicts that nobody settled and for which {condition} holds, with what provider and run say by now.
-- A conflict is over while its run is deleted, when both have come to agree, and when the provider has gone back
-- to what both had before.
select conflict_id, run_id, datetime_utc, field, provider, base_value, upstream_value, current_value, detected_at
from (
    select conflict.conflict_id, conflict.run_id, runs.datetime_utc, conflict.field, conflict.provider,
           conflict.base_value, said.upstream_value, said.current_value, conflict.detected_at,
           runs.deleted_at is not null or said.upstream_value = said.current_value
           or said.upstream_value = conflict.base_value as is_over
    from normalized.conflicts as conflict
    join runs on runs.id = conflict.run_id
    left join normalized.runs as upstream on upstream.run_id = conflict.run_id
    cross join lateral (
        select coalesce(to_jsonb(upstream) -> conflict.field, conflict.upstream_value),
               to_jsonb(runs) -> conflict.field
    ) as said (upstream_value, current_value)
    where conflict.settled_at is null
) as conflict
where {condition}
order by detected_at desc, conflict_id desc
