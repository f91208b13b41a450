-- Adds up the miles of some days shoe by shoe, most first. What was run without a shoe is left out.
with worn as (
    select shoe_id, sum(distance::numeric)::double precision as mileage
    from runs
    where deleted_at is null
      and shoe_id is not null
      and datetime_utc >= (%(first)s::date - 1)::timestamp at time zone 'UTC'
      and datetime_utc < (%(last)s::date + 2)::timestamp at time zone 'UTC'
      and (datetime_utc at time zone %(time_zone)s)::date between %(first)s and %(last)s
    group by shoe_id
)
select shoes.id, shoes.name, shoes.retired_at, shoes.notes, shoes.retirement_notes, shoes.deleted_at,
       shoes.created_at, shoes.updated_at, worn.mileage
from worn
join shoes on shoes.id = worn.shoe_id
where shoes.deleted_at is null
  and (%(include_retired)s or shoes.retired_at is null)
order by worn.mileage desc, shoes.name
