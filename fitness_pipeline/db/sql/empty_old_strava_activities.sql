-- Empties the payloads of activities that came before an instant and were normalized. It is no change that a later
-- stage has to read.
update raw.strava_activities
set payload = null
where payload is not null
  and fetched_at < %(before)s
  and change_id <= (select change_id from normalized.progress where stage = 'normalize' and provider = 'strava')
