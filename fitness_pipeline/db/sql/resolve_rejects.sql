-- Closes rejects whose row is understood now, as a run or as something else, or is gone.
update raw.rejects as reject
set resolved_at = now()
where reject.provider = %(provider)s
  and reject.stage = 'normalize'
  and reject.resolved_at is null
  and (exists (select from incoming_normalized_runs as incoming where incoming.run_id = reject.raw_key)
       or exists (select from incoming_others as incoming where incoming.key = reject.raw_key)
       or exists (select from incoming_withdrawn as incoming where incoming.run_id = reject.raw_key))
