-- What is wanted of the events of the runs that are looked at: of a run's newest one what was just found out,
-- of all others that they go. Who wants something new of an event need not wait until it would be tried again.
-- The runner may have declined it just now.
with planned as (
    select event.id,
           case when event.generation = newest.generation then wanted.hash end as hash,
           case when event.generation = newest.generation then wanted.version end as version
    from concerned
    join normalized.calendar_events as event using (run_id)
    join lateral (
        select max(generation) as generation from normalized.calendar_events as other
        where other.run_id = concerned.run_id
    ) as newest on true
    left join wanted using (run_id)
)
update normalized.calendar_events as event
set wanted_hash = case when not event.is_declined then planned.hash end,
    wanted_version = case when not event.is_declined then planned.version end,
    failures = 0, retry_at = null
from planned
where event.id = planned.id
  and (event.wanted_hash, event.wanted_version) is distinct from (planned.hash, planned.version)
