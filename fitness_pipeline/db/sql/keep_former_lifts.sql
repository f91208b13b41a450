-- Keeps what lifts are before they are changed.
insert into normalized.lift_versions (lift_id, version_number, state)
select former.id,
       1 + coalesce((select max(version_number) from normalized.lift_versions where lift_id = former.id), 0),
       to_jsonb(former)
from differing_lifts as differing
join lifts as former on former.id = differing.lift_id
where differing.is_known
