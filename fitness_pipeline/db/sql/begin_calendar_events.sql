-- An event for each wanted run that has none, whose id turned out to be somebody else's, or whose event is on
-- another calendar. There its id may be used up without our knowing, so the next one is taken.
insert into normalized.calendar_events (run_id, generation, calendar_id)
select wanted.run_id, coalesce(newest.generation + 1, 0), %(calendar_id)s
from wanted
left join lateral (
    select generation, calendar_id, state from normalized.calendar_events as event
    where event.run_id = wanted.run_id
    order by generation desc
    limit 1
) as newest on true
where newest.generation is null or newest.state = 'foreign' or newest.calendar_id <> %(calendar_id)s
order by wanted.position
on conflict do nothing
