-- How many rows of some files are rejected, dismissed or not, by what those say that they are which have cells.
select reject.dismissed_at is not null as is_dismissed, reject.payload ->> 'activity_type' as activity_type,
       count(*) as rows
from unnest(%(file_ids)s::bigint[]) as file (file_id)
join raw.rejected_rows as place using (file_id)
join raw.rejects as reject
  on (reject.provider, reject.stage, reject.raw_key) = ('mmf', place.stage, place.raw_key)
where reject.resolved_at is null
group by 1, 2
