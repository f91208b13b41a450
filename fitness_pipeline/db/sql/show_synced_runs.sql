-- Brings `synced_runs` in step with what is known of the newest event of some runs.
with newest as (
    select distinct on (run_id) *
    from normalized.calendar_events
    where run_id = any(%(run_ids)s)
    order by run_id, generation desc
),
shown as (
    select run_id, coalesce(held_version, wanted_version, 1) as run_version, event_id, synced_at, error,
           case when error is not null then 'failed'
                when unfinished is not null then 'pending'
                when state = 'present' then 'synced'
           end as status
    from newest
),
gone as (
    delete from synced_runs using shown where synced_runs.run_id = shown.run_id and shown.status is null
)
insert into synced_runs as known (run_id, run_version, google_event_id, synced_at, sync_status, error_message)
select run_id, run_version, event_id, synced_at, status, error from shown where status is not null
on conflict (run_id) do update
   set (run_version, google_event_id, synced_at, sync_status, error_message)
     = (excluded.run_version, excluded.google_event_id, excluded.synced_at, excluded.sync_status,
        excluded.error_message)
