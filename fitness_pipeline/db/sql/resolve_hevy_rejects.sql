-- Closes rejects whose workout is understood now, or is deleted.
update raw.rejects as reject
set resolved_at = now()
where reject.provider = 'hevy'
  and reject.stage = 'normalize'
  and reject.resolved_at is null
  and exists (select from compared_lifts as compared
              where compared.lift_id = reject.raw_key and compared.what <> 'rejected')
