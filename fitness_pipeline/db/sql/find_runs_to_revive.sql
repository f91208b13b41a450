-- Finds runs that are offered as runs again and that the provider, not the runner, had deleted. This has to be a
-- statement after the one that locked them: that one does not see what it had to wait for.
update merging
set is_to_revive = true
where withdrawn_reason is null
  and deleted_at is not null
  and %(provider)s = (select deletion.changed_by
                      from runs_history as deletion
                      where deletion.run_id = merging.id and deletion.change_type = 'deletion'
                      order by deletion.version_number desc
                      limit 1)
