-- Finds runs whose version is not that of their newest history row, or whose values differ from it.
select runs.id
from runs
left join (
    select run_id, max(version_number) as newest from runs_history group by run_id
) as numbers on numbers.run_id = runs.id
left join runs_history as version on version.run_id = runs.id and version.version_number = runs.version
where numbers.newest is distinct from runs.version
   or (version.datetime_utc, version.type, version.distance, version.duration, version.source,
       version.avg_heart_rate, version.shoe_id)
      is distinct from
      (runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.source,
       runs.avg_heart_rate, runs.shoe_id)
order by runs.id
