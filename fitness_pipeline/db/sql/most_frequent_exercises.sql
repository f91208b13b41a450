-- Counts the sessions in which each exercise was done.
select performed.template_id,
       coalesce(max(template.title), (array_agg(performed.title order by performed.start_time desc))[1],
                performed.template_id, 'Exercise') as title,
       count(distinct performed.lift_id) as sessions,
       count(*) as sets,
       max(performed.start_time) as last_time
from normalized.lift_sets as performed
left join exercise_templates as template on template.id = performed.template_id
where performed.start_time >= coalesce(%(since)s, '-infinity'::timestamptz)
  and performed.start_time < coalesce(%(until)s, 'infinity'::timestamptz)
group by performed.template_id, case when performed.template_id is null then performed.title end
order by sessions desc, sets desc, title, performed.template_id
limit %(limit)s
