-- Holds back the deletions of providers that have more than so many at once, and more than that share of the runs
-- that count.
update rebuild_scratch.run_damage as damage
set is_held_back = true
from (
    select (recomputed).source as source, count(*) as deletions
    from rebuild_scratch.run_damage
    where is_deletion and not has_lost_versions
    group by 1
) as wanted
where damage.is_deletion
  and (damage.recomputed).source = wanted.source
  and wanted.deletions > %(at_once)s
  and wanted.deletions > %(share)s * (
      select count(*) from runs where deleted_at is null and runs.source = wanted.source
  )
