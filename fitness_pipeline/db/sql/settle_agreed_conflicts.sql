-- Closes conflicts in which runner and provider have come to the same value.
update normalized.conflicts as conflict
set settled_at = now(), settlement = 'agreed'
from merging
where conflict.run_id = merging.id
  and conflict.settled_at is null
  and to_jsonb(merging.upstream) -> conflict.field = to_jsonb(merging.merged) -> conflict.field
