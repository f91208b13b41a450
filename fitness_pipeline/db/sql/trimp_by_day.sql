-- Adds up Banister's TRIMP of each day, and of so many days before the first one.
with ran as (
    select (datetime_utc at time zone %(time_zone)s)::date as day,
           sum(duration / 60 * reserve * %(k)s * exp(%(b)s * reserve)) as trimp
    from runs
    cross join lateral (
        select least(greatest((avg_heart_rate - %(resting_hr)s) / (%(max_hr)s - %(resting_hr)s), 0), 1)
    ) as used (reserve)
    where deleted_at is null
      and avg_heart_rate is not null
      and datetime_utc >= (%(first)s::date - %(days_before)s::integer - 1)::timestamp at time zone 'UTC'
      and datetime_utc < (%(last)s::date + 2)::timestamp at time zone 'UTC'
    group by day
)
select %(first)s::date + number as date, coalesce(trimp, 0) as trimp
from generate_series(-%(days_before)s::integer, %(last)s::date - %(first)s::date) as number
left join ran on ran.day = %(first)s::date + number
order by number
