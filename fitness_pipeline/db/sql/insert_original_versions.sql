-- Records the first version of the runs of {source}, which were inserted just before.
insert into runs_history (run_id, version_number, change_type, datetime_utc, type, distance, duration,
                          source, avg_heart_rate, shoe_id, changed_at, changed_by, change_reason)
select id, 1, 'original', datetime_utc, type, distance, duration,
       source, avg_heart_rate, shoe_id, now(), 'system', 'Initial import'
from {source} as incoming
order by id
