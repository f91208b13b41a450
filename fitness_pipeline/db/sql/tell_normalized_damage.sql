-- Tells each normalized value that is not as it comes from raw.
select 'normalized.runs' as "table", damage.run_id as id, difference.field, difference.stored, difference.recomputed
from rebuild_scratch.normalized_damage as damage
left join normalized.runs as stored on stored.run_id = damage.run_id
left join rebuild_scratch.normalized_runs as recomputed on recomputed.run_id = damage.run_id
cross join lateral (
    select 'row' as field, null::jsonb as stored, to_jsonb(recomputed) as recomputed
    where damage.is_missing
    union all
    select 'withdrawn_reason', null, to_jsonb(damage.withdrawn_reason)
    where not damage.is_run
    union all
    select value.key, to_jsonb(stored) -> value.key, value.value
    from jsonb_each(to_jsonb(recomputed)) as value
    where not damage.is_missing and to_jsonb(stored) -> value.key is distinct from value.value
) as difference
order by damage.run_id, difference.field
