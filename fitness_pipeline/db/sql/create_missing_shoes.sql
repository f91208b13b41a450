-- Creates the shoes that changed runs name and that do not exist yet, each by its most frequent spelling.
insert into shoes (id, name)
select distinct on (upstream.shoe_id) upstream.shoe_id, upstream.shoe_name
from normalized.runs as upstream
where upstream.provider = %(provider)s
  and upstream.change_id > %(since)s
  and upstream.shoe_id is not null
  and not exists (select from shoes where shoes.id = upstream.shoe_id)
group by upstream.shoe_id, upstream.shoe_name
order by upstream.shoe_id, count(*) desc, upstream.shoe_name
on conflict (id) do nothing
