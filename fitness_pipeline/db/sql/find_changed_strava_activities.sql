-- Tells which rows of a page are new, differ from what is stored, or are back, and which were only listed
-- under another scope before. The digests, 32 bytes each, come one behind the other.
select incoming.position - 1 as position,
       case when known.activity_id is null then 'new'
            when known.sha256 <> incoming.sha256 then 'changed'
            when known.upstream_deleted_at is not null then 'back'
            else 'scope' end as what
from (
    select activity_id, position, substr(%(digests)s::bytea, 32 * position::integer - 31, 32) as sha256
    from unnest(%(activity_ids)s::bigint[]) with ordinality as listed (activity_id, position)
) as incoming
left join raw.strava_activities as known on known.activity_id = incoming.activity_id
where known.activity_id is null
   or known.sha256 <> incoming.sha256
   or known.upstream_deleted_at is not null
   or known.scope <> %(scope)s
