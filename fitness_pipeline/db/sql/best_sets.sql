-- Picks the best set of each exercise in each lift, by Epley's estimate of what could be lifted once.
with estimated as (
    select performed.*,
           coalesce(performed.template_id, '') as exercise_id,
           case when performed.template_id is null then coalesce(performed.title, '') else '' end as exercise_title,
           template.title as template_title,
           case when reps = 1 then weight_kg else weight_kg * (30 + reps) / 30 end as one_rep_max_kg
    from normalized.lift_sets as performed
    left join exercise_templates as template on template.id = performed.template_id
    where performed.start_time >= coalesce(%(since)s, '-infinity'::timestamptz)
      and performed.start_time < coalesce(%(until)s, 'infinity'::timestamptz)
      and (%(template_id)s::text is null or performed.template_id = %(template_id)s)
      and performed.weight_kg > 0
      and performed.reps between 1 and 12
      and coalesce(template.type, 'weight_reps') = 'weight_reps'
), best as (
    select distinct on (exercise_id, exercise_title, start_time, lift_id) *
    from estimated
    order by exercise_id, exercise_title, start_time, lift_id, one_rep_max_kg desc, exercise_position,
             set_position
), told as (
    select template_id, lift_id, start_time, weight_kg, reps, one_rep_max_kg, exercise_id, exercise_title,
           coalesce(template_title, last_value(title) over every_lift, template_id, 'Exercise') as title,
           one_rep_max_kg > coalesce(max(one_rep_max_kg) over earlier_lifts, 0) as is_record
    from best
    window every_lift as (partition by exercise_id, exercise_title order by start_time, lift_id
                          rows between unbounded preceding and unbounded following),
           earlier_lifts as (partition by exercise_id, exercise_title order by start_time, lift_id
                             rows between unbounded preceding and 1 preceding)
)
select template_id, title, lift_id, start_time, weight_kg::double precision as weight_kg,
       reps::double precision as reps, one_rep_max_kg::double precision as one_rep_max_kg, is_record
from told
order by title, exercise_id, start_time, lift_id
