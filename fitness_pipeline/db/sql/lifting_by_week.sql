-- Adds up the lifts of each ISO week. Volumes are added as decimals, so that the sum is the same in any order.
with worked as (
    select date_trunc('week', start_time at time zone %(time_zone)s)::date as monday,
           count(*) as sessions, sum(total_sets) as sets, sum(total_volume_kg::numeric) as volume_kg
    from lifts
    where deleted_at is null
      and start_time >= coalesce(%(since)s, '-infinity'::timestamptz)
      and start_time < coalesce(%(until)s, 'infinity'::timestamptz)
    group by monday
), weeks as (
    select generate_series(min(monday), max(monday), interval '7 days')::date as monday from worked
)
select monday, coalesce(sessions, 0) as sessions, coalesce(sets, 0) as sets,
       coalesce(volume_kg, 0)::double precision as volume_kg
from weeks
left join worked using (monday)
order by monday
