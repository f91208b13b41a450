-- Writes the runs that come out differently, each as one new version that names what changed. Their rows were
-- locked before this statement began, so its time is after their last change, which that of the transaction need
-- not be.
with outcome as (
    select id, merged, is_to_delete, is_to_revive,
           case when is_to_delete then withdrawn_reason
                else concat_ws('; ',
                    case when is_to_revive then 'It is listed as a run again' end,
                    'Changed at the source: ' || nullif(concat_ws(', ',
                        case when (merged).datetime_utc is distinct from (present).datetime_utc then 'datetime_utc' end,
                        case when (merged).type is distinct from (present).type then 'type' end,
                        case when (merged).distance is distinct from (present).distance then 'distance' end,
                        case when (merged).duration is distinct from (present).duration then 'duration' end,
                        case when (merged).avg_heart_rate is distinct from (present).avg_heart_rate
                             then 'avg_heart_rate' end,
                        case when (merged).shoe_id is distinct from (present).shoe_id then 'shoe_id' end), ''))
           end as reason
    from merging
    where merged is distinct from present or is_to_delete or is_to_revive
),
updated as (
    update runs
    set datetime_utc = (merged).datetime_utc,
        type = (merged).type,
        distance = (merged).distance,
        duration = (merged).duration,
        avg_heart_rate = (merged).avg_heart_rate,
        shoe_id = (merged).shoe_id,
        deleted_at = case when is_to_delete then statement_timestamp() when is_to_revive then null else deleted_at end,
        version = version + 1
    from outcome
    where runs.id = outcome.id
    returning runs.id, runs.version, runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.source,
              runs.avg_heart_rate, runs.shoe_id, is_to_delete, is_to_revive, reason
),
recorded as (
    insert into runs_history (run_id, version_number, change_type, datetime_utc, type, distance, duration,
                              source, avg_heart_rate, shoe_id, changed_at, changed_by, change_reason)
    select id, version, case when is_to_delete then 'deletion' else 'edit' end, datetime_utc, type, distance,
           duration, source, avg_heart_rate, shoe_id, statement_timestamp(), %(provider)s, reason
    from updated
)
select count(*) filter (where not is_to_delete and not is_to_revive) as updated,
       count(*) filter (where is_to_delete) as deleted,
       count(*) filter (where is_to_revive) as revived
from updated
