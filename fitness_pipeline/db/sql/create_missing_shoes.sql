-- Creates the shoes that changed runs name and that do not exist yet, each by its most frequent spelling; where
-- another shoe has come to have that name, the id is added.
with missing as (
    select distinct on (upstream.shoe_id) upstream.shoe_id as id, upstream.shoe_name as name
    from normalized.runs as upstream
    where upstream.provider = %(provider)s
      and upstream.change_id > %(since)s
      and upstream.shoe_id is not null
      and not exists (select from shoes where shoes.id = upstream.shoe_id)
    group by upstream.shoe_id, upstream.shoe_name
    order by upstream.shoe_id, count(*) desc, upstream.shoe_name
)
insert into shoes (id, name)
select missing.id, free.name
from missing
cross join lateral (
    select candidate.name
    from generate_series(0, (select count(*) + 1 from shoes)) as attempt
    cross join lateral (
        select case attempt when 0 then missing.name
                            when 1 then format('%%s (%%s)', missing.name, missing.id)
                            else format('%%s (%%s, %%s)', missing.name, missing.id, attempt) end as name
    ) as candidate
    where not exists (select from shoes where shoes.name = candidate.name)
    order by attempt
    limit 1
) as free
on conflict (id) do nothing
