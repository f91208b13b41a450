-- Counts the sets for each muscle group: those of exercises that train it first of all, and besides.
with performed as (
    select template_id, count(*) as sets
    from normalized.lift_sets
    where start_time >= coalesce(%(since)s, '-infinity'::timestamptz)
      and start_time < coalesce(%(until)s, 'infinity'::timestamptz)
    group by template_id
), trained as (
    select coalesce(template.primary_muscle_group, 'unknown') as muscle_group,
           performed.sets as primary_sets, 0 as secondary_sets
    from performed
    left join exercise_templates as template on template.id = performed.template_id
    union all
    select secondary.muscle_group, 0, performed.sets
    from performed
    join exercise_templates as template on template.id = performed.template_id
    cross join lateral (select distinct unnest(template.secondary_muscle_groups)) as secondary (muscle_group)
    where secondary.muscle_group is distinct from template.primary_muscle_group
)
select muscle_group, (sum(primary_sets) + sum(secondary_sets) / 2)::double precision as sets,
       sum(primary_sets)::bigint as primary_sets, sum(secondary_sets)::bigint as secondary_sets
from trained
group by muscle_group
order by sets desc, muscle_group
