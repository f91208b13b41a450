-- Finds the normalized rows that are missing, or not as they come from raw.
create unlogged table rebuild_scratch.normalized_damage as
select coalesce(stored.run_id, recomputed.run_id) as run_id,
       stored.run_id is null as is_missing,
       recomputed.run_id is not null as is_run,
       case when recomputed.run_id is null
            then coalesce(not_run.withdrawn_reason, 'There is no raw row of it any more') end as withdrawn_reason
from normalized.runs as stored
full join rebuild_scratch.normalized_runs as recomputed on recomputed.run_id = stored.run_id
left join rebuild_scratch.not_runs as not_run on not_run.run_id = stored.run_id
where case when recomputed.run_id is null
           then stored.withdrawn_reason is null
                and (not_run.run_id is null or not_run.withdrawn_reason is not null)
           else (stored.provider, stored.datetime_utc, stored.type, stored.distance, stored.duration,
                 stored.source, stored.avg_heart_rate, stored.shoe_id, stored.shoe_name,
                 stored.is_day_precision, stored.withdrawn_reason)
                is distinct from
                (recomputed.provider, recomputed.datetime_utc, recomputed.type, recomputed.distance,
                 recomputed.duration, recomputed.source, recomputed.avg_heart_rate, recomputed.shoe_id,
                 recomputed.shoe_name, recomputed.is_day_precision, recomputed.withdrawn_reason)
      end
