-- Stores activities that are new or come differently, and remembers the gear that they name.
with stored as (
    insert into raw.strava_activities
           (activity_id, payload, sha256, start_date, scope, dagster_run_id, change_id)
    select activity_id, payload::jsonb, sha256, start_date, %(scope)s, %(dagster_run_id)s, %(change_id)s
    from unnest(%(activity_ids)b::bigint[], %(payloads)b::text[], %(digests)b::bytea[],
                %(start_dates)b::timestamptz[])
         as incoming (activity_id, payload, sha256, start_date)
    order by activity_id
    on conflict (activity_id) do update
       set (payload, sha256, start_date, scope, dagster_run_id, change_id, fetched_at, upstream_deleted_at)
         = (excluded.payload, excluded.sha256, excluded.start_date, excluded.scope, excluded.dagster_run_id,
            excluded.change_id, now(), null)
    returning gear_id
)
insert into raw.strava_gear (gear_id)
select distinct gear_id from stored
where gear_id <> '' and not exists (select from raw.strava_gear as known where known.gear_id = stored.gear_id)
on conflict (gear_id) do nothing
