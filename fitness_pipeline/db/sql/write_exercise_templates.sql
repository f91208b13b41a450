-- Stores templates that are new or differ from what is stored, and counts them.
with incoming as (
    select template_id as id,
           coalesce(normalized.lift_text(payload ->> 'title'), 'Exercise') as title,
           normalized.lift_text(payload ->> 'type') as type,
           normalized.lift_text(payload ->> 'primary_muscle_group') as primary_muscle_group,
           array(select muscle_group #>> '{}'
                 from jsonb_path_query(payload, '$.secondary_muscle_groups[*] ? (@.type() == "string")')
                      as muscle_group) as secondary_muscle_groups,
           coalesce(payload -> 'is_custom' = 'true', false) as is_custom
    from raw.hevy_exercise_templates
    where payload is not null
), changed as (
    update exercise_templates as known
    set title = incoming.title,
        type = incoming.type,
        primary_muscle_group = incoming.primary_muscle_group,
        secondary_muscle_groups = incoming.secondary_muscle_groups,
        is_custom = incoming.is_custom
    from incoming
    where known.id = incoming.id
      and (known.title, known.type, known.primary_muscle_group, known.secondary_muscle_groups, known.is_custom)
          is distinct from
          (incoming.title, incoming.type, incoming.primary_muscle_group, incoming.secondary_muscle_groups,
           incoming.is_custom)
    returning known.id
), added as (
    insert into exercise_templates (id, title, type, primary_muscle_group, secondary_muscle_groups, is_custom)
    select id, title, type, primary_muscle_group, secondary_muscle_groups, is_custom
    from incoming
    where not exists (select from exercise_templates as known where known.id = incoming.id)
    order by id
    returning id
)
select (select count(*) from incoming) as rows,
       (select count(*) from added) as new,
       (select count(*) from changed) as changed
