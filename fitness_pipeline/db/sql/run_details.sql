-- Runs with the shoe's name and what the calendar holds of them, newest first.
select runs.id, runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.source,
       runs.avg_heart_rate, runs.shoe_id, runs.last_edited_at, runs.last_edited_by, runs.version,
       runs.deleted_at, runs.created_at, runs.updated_at,
       shoes.name as shoes,
       shoes.retirement_notes as shoe_retirement_notes,
       coalesce(synced_runs.sync_status = 'synced', false) as is_synced,
       synced_runs.sync_status,
       synced_runs.synced_at,
       synced_runs.google_event_id,
       synced_runs.run_version as synced_version,
       synced_runs.error_message
from runs
left join shoes on shoes.id = runs.shoe_id
left join synced_runs on synced_runs.run_id = runs.id
where runs.deleted_at is null
  and runs.datetime_utc >= %(since)s
  and runs.datetime_utc < %(until)s
order by runs.datetime_utc desc, runs.id desc
