-- Finds the stored activities that a listing should have listed and did not.
select known.activity_id
from raw.strava_activities as known
where known.start_date >= %(after)s
  and known.start_date < %(before)s
  and known.upstream_deleted_at is null
  and known.change_id <= %(begun_change_id)s
  and known.scope = any (%(scopes)s::text[])
  and not exists (
      select from (select unnest(activity_ids) as activity_id
                   from raw.strava_listed_pages where listing_id = %(listing_id)s) as listed
      where listed.activity_id = known.activity_id
  )
order by known.start_date desc, known.activity_id desc
