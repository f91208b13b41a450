-- Recomputes each run and keeps those that are missing, or not as they come out. A field has the newest value that
-- a person gave it, or else what the provider says; history tells the rest. All of it is read at one instant.
create unlogged table rebuild_scratch.run_damage as
with versions as (
    select *, change_type <> 'original' and (changed_by = any (%(providers)s)) is not true as is_by_person
    from runs_history
),
summed as (
    select run_id, count(*) as versions, max(version_number) as newest,
           max(version_number) filter (where change_type = 'deletion') as deletion,
           max(version_number) filter (where is_by_person) as by_person
    from versions
    group by run_id
),
states as (
    select run_id, version_number, is_by_person,
           to_jsonb(row (datetime_utc, type, distance, duration, avg_heart_rate,
                         shoe_id)::normalized.run_values) as state
    from versions
    where run_id in (select run_id from summed where by_person is not null)
),
steps as (
    select *, lag(state) over (partition by run_id order by version_number) as state_before from states
),
last_changes as (
    select distinct on (steps.run_id, value.key) steps.run_id, value.key as field, value.value, steps.is_by_person
    from steps
    cross join lateral jsonb_each(steps.state) as value
    where steps.state_before -> value.key is distinct from value.value
    order by steps.run_id, value.key, steps.version_number desc
),
edits as (
    select run_id, jsonb_object_agg(field, value) as own_values
    from last_changes
    where is_by_person
    group by run_id
),
recomputed as (
    select coalesce(runs.id, upstream.run_id) as id,
           runs.id is null as is_missing,
           runs.id is not null
               and (summed.run_id is null
                    or summed.versions <> summed.newest
                    -- the run was edited, and that version is not there
                    or runs.version > summed.newest and runs.last_edited_at is distinct from edit.changed_at
               ) as has_lost_versions,
           row (runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.avg_heart_rate, runs.shoe_id,
                runs.source, runs.deleted_at, runs.last_edited_at, runs.last_edited_by,
                runs.version)::rebuild_scratch.run as stored,
           row ((own.state).datetime_utc, (own.state).type, (own.state).distance, (own.state).duration,
                (own.state).avg_heart_rate, (own.state).shoe_id,
                case when upstream.run_id is null then newest.source else upstream.source end,
                case when upstream.is_withdrawal_pending then runs.deleted_at  -- it was held back
                     when summed.by_person > summed.deletion then null         -- the runner restored it
                     when (deletion.changed_by = any (%(providers)s)) is not true then deletion.changed_at
                     when upstream.run_id is not null and upstream.withdrawn_reason is null
                          then null                                            -- it is listed again
                     else deletion.changed_at end,
                edit.changed_at, edit.changed_by, summed.newest)::rebuild_scratch.run as recomputed,
           row (newest.datetime_utc, newest.type, newest.distance, newest.duration, newest.avg_heart_rate,
                newest.shoe_id, newest.source, runs.deleted_at, runs.last_edited_at, runs.last_edited_by,
                runs.version)::rebuild_scratch.run as newest_version
    from runs
    full join normalized.runs as upstream on upstream.run_id = runs.id
    left join summed on summed.run_id = runs.id
    left join runs_history as newest on newest.run_id = runs.id and newest.version_number = summed.newest
    left join runs_history as deletion on deletion.run_id = runs.id and deletion.version_number = summed.deletion
    left join runs_history as edit on edit.run_id = runs.id and edit.version_number = summed.by_person
    left join edits on edits.run_id = runs.id
    cross join lateral (
        select case when upstream.run_id is null
                    then row (newest.datetime_utc, newest.type, newest.distance, newest.duration,
                              newest.avg_heart_rate, newest.shoe_id)::normalized.run_values
                    else row (upstream.datetime_utc, upstream.type, upstream.distance, upstream.duration,
                              upstream.avg_heart_rate, upstream.shoe_id)::normalized.run_values end as state
    ) as said
    cross join lateral (
        select case when edits.run_id is null then said.state
                    else jsonb_populate_record(null::normalized.run_values, to_jsonb(said.state) || edits.own_values)
               end as state
    ) as own
    where runs.id is not null or upstream.withdrawn_reason is null
)
select id, is_missing, has_lost_versions, stored, recomputed, newest_version,
       (stored).deleted_at is null and (recomputed).deleted_at is not null and not is_missing as is_deletion,
       false as is_held_back
from recomputed
where is_missing
   or has_lost_versions
   or stored is distinct from recomputed
   or newest_version is distinct from stored
