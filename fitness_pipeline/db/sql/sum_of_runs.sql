-- Adds up {column} over the runs of some days, as decimals: the sum is the same in any order. The bounds that the
-- index is read by are wider than the days, for no zone is further than a day away from UTC.
select coalesce(sum({column}::numeric), 0)::double precision
from runs
where deleted_at is null
  and datetime_utc >= (%(first)s::date - 1)::timestamp at time zone 'UTC'
  and datetime_utc < (%(last)s::date + 2)::timestamp at time zone 'UTC'
  and (datetime_utc at time zone %(time_zone)s)::date between %(first)s and %(last)s
