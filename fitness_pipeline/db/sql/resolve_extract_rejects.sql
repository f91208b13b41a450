-- Closes rejects of other files whose workout stands in this one: what this one says of it counts. The link of a
-- row that may be cut off tells nothing, for its end may be missing.
update raw.rejects as reject
set resolved_at = now()
where reject.provider = 'mmf'
  and reject.stage = 'extract'
  and reject.resolved_at is null
  and reject.file_id is distinct from %(file_id)s
  and not reject.payload ? 'whole_cells'
  and exists (
      select from incoming_mmf_workouts as incoming
      where incoming.workout_key
            = 'mmf_' || substring(coalesce(reject.payload ->> 'text', reject.payload ->> 'link')
                                  from '/workout/([0-9]+)')
  )
