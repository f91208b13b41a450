-- Adds the activities whose payload was emptied by retention: they cannot be recomputed.
insert into rebuild_scratch.not_runs (run_id, withdrawn_reason)
select 'strava_' || activity_id, null
from raw.strava_activities
where payload is null and upstream_deleted_at is null
