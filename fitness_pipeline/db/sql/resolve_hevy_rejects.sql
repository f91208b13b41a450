-- Closes rejects whose workout is understood now, or is deleted.
update raw.rejects as reject
set resolved_at = now()
where reject.provider = 'hevy'
  and reject.stage = 'normalize'
  and reject.resolved_at is null
  and (exists (select from incoming_lifts as incoming where incoming.lift_id = reject.raw_key)
       or exists (select from incoming_withdrawn_lifts as incoming where incoming.lift_id = reject.raw_key))
