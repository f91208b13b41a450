-- Records the fields that the runner and the provider both changed; a conflict that is open already is brought
-- up to date.
insert into normalized.conflicts as known (run_id, field, provider, base_value, upstream_value, current_value)
select merging.id, field.name, %(provider)s, field.base, field.upstream, field.present
from merging
cross join lateral (
    select base.key, base.value, upstream.value, present.value
    from jsonb_each(to_jsonb(merging.base)) as base
    join jsonb_each(to_jsonb(merging.upstream)) as upstream using (key)
    join jsonb_each(to_jsonb(merging.present)) as present using (key)
) as field (name, base, upstream, present)
where (merging.deleted_at is null or merging.is_to_revive)
  and normalized.is_conflict(field.base, field.upstream, field.present)
on conflict (run_id, field) where settled_at is null do update
   set (upstream_value, current_value, detected_at)
     = (excluded.upstream_value, excluded.current_value, now())
