-- Lists runs of a span of time in some order, from behind a position on.
select {columns}, {key} as sort_key
from normalized.run_details
where deleted_at is null
  and datetime_utc >= %(since)s
  and datetime_utc < %(until)s
  and {is_asked_for}
  and {is_behind}
order by {order}
limit %(limit)s
