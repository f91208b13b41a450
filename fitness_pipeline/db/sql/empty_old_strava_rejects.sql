-- Empties the copies of activities that were rejected before an instant, or whose activity is emptied.
update raw.rejects as reject
set payload = '{}'
where reject.provider = 'strava'
  and reject.payload <> '{}'
  and (reject.rejected_at < %(before)s
       or exists (select from raw.strava_activities as activity
                  where 'strava_' || activity.activity_id = reject.raw_key and activity.payload is null))
