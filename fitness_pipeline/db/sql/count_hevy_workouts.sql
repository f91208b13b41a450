-- Counts the workouts that Hevy has as far as is known here: stored ones, and ones that could not be stored.
select (select count(*) from raw.hevy_workouts where upstream_deleted_at is null) as live,
       (select count(*) from raw.rejects
        where provider = 'hevy' and stage = 'extract' and resolved_at is null
          and (raw_key like 'hevy\_%%' or raw_key like 'text %%')
          and not exists (
              select from raw.hevy_workouts as known
              where 'hevy_' || known.workout_id = rejects.raw_key and known.upstream_deleted_at is null
          )) as rejected
