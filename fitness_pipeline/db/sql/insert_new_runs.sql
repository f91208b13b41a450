-- Inserts those runs of {source} that are not there yet, each with its first version.
with inserted as (
    insert into runs (id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id)
    select incoming.id, incoming.datetime_utc, incoming.type, incoming.distance, incoming.duration,
           incoming.source, incoming.avg_heart_rate, incoming.shoe_id
    from {source} as incoming
    where not exists (select from runs where runs.id = incoming.id)
    on conflict (id) do nothing
    returning id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id, created_at
)
insert into runs_history (run_id, version_number, change_type, datetime_utc, type, distance, duration,
                          source, avg_heart_rate, shoe_id, changed_at, changed_by, change_reason)
select id, 1, 'original', datetime_utc, type, distance, duration,
       source, avg_heart_rate, shoe_id, created_at, 'system', 'Initial import'
from inserted
