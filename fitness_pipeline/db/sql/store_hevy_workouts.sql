-- Stores workouts that are new or say something else than before, and registers the exercise templates that
-- they name. Returns what was stored: the same in other words is none of it.
with incoming as (
    select workout_id, payload::jsonb as payload, sha256, changed_at
    from unnest(%(workout_ids)s::text[], %(payloads)s::text[], %(digests)b::bytea[],
                %(changed_at)s::timestamptz[])
         as sent (workout_id, payload, sha256, changed_at)
),
stored as (
    insert into raw.hevy_workouts
           (workout_id, payload, sha256, changed_upstream_at, dagster_run_id, change_id)
    select workout_id, payload, sha256, changed_at, %(dagster_run_id)s, %(change_id)s
    from incoming
    where not exists (
        select from raw.hevy_workouts as known
        where known.workout_id = incoming.workout_id
          and known.payload = incoming.payload
          and known.upstream_deleted_at is null
    )
    order by workout_id
    on conflict (workout_id) do update
       set (payload, sha256, changed_upstream_at, dagster_run_id, change_id, fetched_at, upstream_deleted_at)
         = (excluded.payload, excluded.sha256, excluded.changed_upstream_at, excluded.dagster_run_id,
            excluded.change_id, now(), null)
    returning workout_id, payload
),
registered as (
    insert into raw.hevy_exercise_templates (template_id, change_id)
    select distinct named.template_id #>> '{}', %(change_id)s::bigint
    from stored
    cross join jsonb_path_query(
        stored.payload, '$.exercises[*].exercise_template_id ? (@.type() == "string" && @ != "")'
    ) as named (template_id)
    where length(named.template_id #>> '{}') <= 200 -- no id of Hevy's is longer, and an index has its limits
      and not exists (
          select from raw.hevy_exercise_templates as known
          where known.template_id = named.template_id #>> '{}'
      )
    on conflict (template_id) do nothing
)
select workout_id from stored
