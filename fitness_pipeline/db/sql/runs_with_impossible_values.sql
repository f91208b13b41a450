-- Finds runs that start after tomorrow or before 1900, or whose heart rate no runner has.
select id
from runs
where datetime_utc > now() + interval '2 days'
   or datetime_utc < timestamptz '1900-01-01 00:00+00'
   or avg_heart_rate not between 20 and 250
order by id
