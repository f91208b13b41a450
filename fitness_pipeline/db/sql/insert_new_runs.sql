-- Inserts the runs of {source}, none of which may be there yet. The order keeps index pages together.
insert into runs (id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id)
select id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id
from {source} as incoming
order by id
