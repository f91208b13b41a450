-- Records a run's present state as its next version.
insert into runs_history (run_id, version_number, change_type, datetime_utc, type, distance, duration,
                          source, avg_heart_rate, shoe_id, changed_at, changed_by, change_reason)
select id, version, %(change_type)s, datetime_utc, type, distance, duration,
       source, avg_heart_rate, shoe_id, %(changed_at)s, %(changed_by)s, %(change_reason)s
from runs
where id = %(run_id)s
