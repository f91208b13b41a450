-- Puts normalized rows back that are missing, as if they had been merged: no merge takes them for news.
insert into normalized.runs (run_id, provider, datetime_utc, type, distance, duration, source, avg_heart_rate,
                             shoe_id, shoe_name, is_day_precision, change_id)
select recomputed.run_id, recomputed.provider, recomputed.datetime_utc, recomputed.type, recomputed.distance,
       recomputed.duration, recomputed.source, recomputed.avg_heart_rate, recomputed.shoe_id,
       recomputed.shoe_name, recomputed.is_day_precision, coalesce(progress.change_id, 0)
from rebuild_scratch.normalized_damage as damage
join rebuild_scratch.normalized_runs as recomputed on recomputed.run_id = damage.run_id
left join normalized.progress on progress.stage = 'merge' and progress.provider = recomputed.provider
where damage.is_missing
order by recomputed.run_id
