-- Closes rejects of other files whose workout stands in this one: what this one says of it counts.
update raw.rejects as reject
set resolved_at = now()
where reject.provider = 'mmf'
  and reject.stage = 'extract'
  and reject.resolved_at is null
  and reject.file_id is distinct from %(file_id)s
  and exists (
      select from incoming_mmf_workouts as incoming
      where incoming.workout_key
            = 'mmf_' || substring(coalesce(reject.payload ->> 'text', reject.payload ->> 'link')
                                  from '/workout/([0-9]+)')
  )
