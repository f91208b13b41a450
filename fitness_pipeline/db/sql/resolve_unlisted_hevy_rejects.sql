-- Closes rejects of workouts and events that a complete listing did not meet again: they are gone.
update raw.rejects as reject
set resolved_at = now()
where provider = 'hevy'
  and stage = 'extract'
  and resolved_at is null
  and raw_key not like 'template %%'
  and not exists (
      select from (select unnest(reject_keys) as raw_key
                   from raw.hevy_listed_pages where listing_id = %(listing_id)s) as listed
      where listed.raw_key = reject.raw_key
  )
