-- Closes rejects of other files that were cut off, and whose row stands in this one whole: it begins as they do.
update raw.rejects as reject
set resolved_at = now()
where reject.provider = 'mmf'
  and reject.stage = 'extract'
  and reject.resolved_at is null
  and reject.file_id is distinct from %(file_id)s
  and reject.payload ? 'whole_cells'
  and exists (
      select from incoming_mmf_workouts as incoming
      where incoming.workout_date
            = coalesce(reject.payload #>> '{whole_cells, workout_date}', incoming.workout_date)
        and to_jsonb(incoming) @> (reject.payload -> 'whole_cells')
        and not exists (
            select from jsonb_each_text(reject.payload -> 'begun_cells') as begun
            where not starts_with(to_jsonb(incoming) ->> begun.key, begun.value)
        )
  )
