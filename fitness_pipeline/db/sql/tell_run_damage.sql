-- Tells each value of a run, and of its newest version, that is not as it comes out, and which versions are lost.
select difference."table", damage.id, difference.field, difference.stored, difference.recomputed
from rebuild_scratch.run_damage as damage
cross join lateral (
    select 'runs_history' as "table", 'version_number' as field,
           coalesce((select jsonb_agg(version_number order by version_number)
                     from runs_history where run_id = damage.id), '[]') as stored,
           to_jsonb(array(
               select generate_series(1, greatest((damage.recomputed).version, (damage.stored).version)))) as recomputed
    where damage.has_lost_versions
    union all
    select 'runs', 'row', null, to_jsonb(damage.recomputed)
    where damage.is_missing
    union all
    select 'runs', value.key, to_jsonb(damage.stored) -> value.key, value.value
    from jsonb_each(to_jsonb(damage.recomputed)) as value
    where not damage.is_missing
      and not damage.has_lost_versions
      and to_jsonb(damage.stored) -> value.key is distinct from value.value
    union all
    select 'runs_history', format('version %s, %s', (damage.recomputed).version, value.key), value.value,
           to_jsonb(damage.recomputed) -> value.key
    from jsonb_each(to_jsonb(damage.newest_version)) as value
    where not damage.is_missing
      and not damage.has_lost_versions
      and value.value is distinct from to_jsonb(damage.stored) -> value.key
      and value.value is distinct from to_jsonb(damage.recomputed) -> value.key
) as difference
order by damage.id, difference."table", difference.field
