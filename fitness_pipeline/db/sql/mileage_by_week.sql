-- Adds up the miles of weeks that follow each other, from the first day of the first one on.
with ran as (
    select ((datetime_utc at time zone %(time_zone)s)::date - %(first)s::date) / 7 as number,
           sum(distance::numeric) as miles
    from runs
    where deleted_at is null
      and datetime_utc >= (%(first)s::date - 1)::timestamp at time zone 'UTC'
      and datetime_utc < (%(last)s::date + 2)::timestamp at time zone 'UTC'
      and (datetime_utc at time zone %(time_zone)s)::date between %(first)s and %(last)s
    group by number
)
select %(first)s::date + 7 * number as week_start, coalesce(miles, 0)::double precision as mileage
from generate_series(0, (%(last)s::date - %(first)s::date) / 7) as number
left join ran using (number)
order by number
