-- Gives runs the values that come out, each as one new version. A run that history tells is deleted does not get a
-- second deletion: whose deletion it was decides whether the provider can bring it back.
with corrected as (
    update runs
    set datetime_utc = (damage.recomputed).datetime_utc,
        type = (damage.recomputed).type,
        distance = (damage.recomputed).distance,
        duration = (damage.recomputed).duration,
        avg_heart_rate = (damage.recomputed).avg_heart_rate,
        shoe_id = (damage.recomputed).shoe_id,
        source = (damage.recomputed).source,
        deleted_at = (damage.recomputed).deleted_at,
        last_edited_at = (damage.recomputed).last_edited_at,
        last_edited_by = (damage.recomputed).last_edited_by,
        version = (damage.recomputed).version + 1
    from rebuild_scratch.run_damage as damage
    where runs.id = damage.id
      and not damage.is_missing
      and not damage.has_lost_versions
      and not damage.is_held_back
    returning runs.*
)
insert into runs_history (run_id, version_number, change_type, datetime_utc, type, distance, duration,
                          source, avg_heart_rate, shoe_id, changed_at, changed_by, change_reason)
select id, version, 'edit', datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id,
       statement_timestamp(),
       case source when 'Strava' then 'strava' else 'mmf' end, 'Rebuilt from the raw data'
from corrected
order by id
