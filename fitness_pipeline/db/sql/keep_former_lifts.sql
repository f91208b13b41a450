-- Keeps what lifts are before they are changed.
insert into normalized.lift_versions (lift_id, version_number, state)
select former.id,
       1 + coalesce((select max(version_number) from normalized.lift_versions where lift_id = former.id), 0),
       to_jsonb(former)
from compared_lifts as compared
join lifts as former on former.id = compared.lift_id
where compared.is_known and compared.what in ('changed', 'deleted', 'revived')
