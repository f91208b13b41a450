-- Withdraws normalized rows that raw does not have as runs. The next merge deletes such a run, but not one that the
-- runner has restored from a deletion.
update normalized.runs as stored
set withdrawn_reason = damage.withdrawn_reason,
    is_withdrawal_pending = not exists (
        select from runs_history as deletion
        join runs_history as later on later.run_id = deletion.run_id
                                  and later.version_number > deletion.version_number
        where deletion.run_id = damage.run_id
          and deletion.change_type = 'deletion'
          and (later.changed_by = any (%(providers)s)) is not true
    ),
    changed_at = now()
from rebuild_scratch.normalized_damage as damage
where stored.run_id = damage.run_id
  and not damage.is_run
