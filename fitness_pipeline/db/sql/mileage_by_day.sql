-- Adds up the miles of each day and of the days before it that a window reaches, the first day's too.
with ran as (
    select (datetime_utc at time zone %(time_zone)s)::date as day, sum(distance::numeric) as miles
    from runs
    where deleted_at is null
      and datetime_utc >= (%(first)s::date - %(window)s::integer)::timestamp at time zone 'UTC'
      and datetime_utc < (%(last)s::date + 2)::timestamp at time zone 'UTC'
    group by day
), summed as (
    select number, %(first)s::date + number as date,
           -- of decimals: a window slides over them without going through all its days again, and exactly
           sum(coalesce(miles, 0)) over (order by number rows %(window)s::integer - 1 preceding) as mileage
    from generate_series(1 - %(window)s::integer, %(last)s::date - %(first)s::date) as number
    left join ran on ran.day = %(first)s::date + number
)
select date, mileage::double precision as mileage from summed where number >= 0 order by number
