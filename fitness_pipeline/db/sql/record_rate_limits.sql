-- Records rate limits: the later observation wins, and within one window usage never goes backwards. The transaction
-- does not wait for the disk: what a crash of the server loses, the next reply tells again.
insert into raw.rate_limits as known
       (provider, scope, quarter_limit, day_limit, quarter_used, day_used, observed_at)
select %(provider)s, scope, quarter_limit, day_limit, quarter_used, day_used, %(observed_at)s
from unnest(%(scopes)s::text[], %(quarter_limits)s::int[], %(day_limits)s::int[],
            %(quarters_used)s::int[], %(days_used)s::int[])
     as said (scope, quarter_limit, day_limit, quarter_used, day_used),
     (select set_config('synchronous_commit', 'off', true)) as waiting_for_the_disk
order by scope
on conflict (provider, scope) do update
   set (quarter_limit, day_limit, quarter_used, day_used, observed_at) = (
       select latest.quarter_limit, latest.day_limit,
              -- The windows of a day and of a quarter hour begin with those of 1970.
              case when date_bin('15 minutes', known.observed_at, 'epoch')
                      = date_bin('15 minutes', excluded.observed_at, 'epoch')
                   then greatest(known.quarter_used, excluded.quarter_used)
                   else latest.quarter_used end,
              case when date_bin('1 day', known.observed_at, 'epoch')
                      = date_bin('1 day', excluded.observed_at, 'epoch')
                   then greatest(known.day_used, excluded.day_used)
                   else latest.day_used end,
              latest.observed_at
       from (values (known.quarter_limit, known.day_limit, known.quarter_used, known.day_used,
                     known.observed_at),
                    (excluded.quarter_limit, excluded.day_limit, excluded.quarter_used, excluded.day_used,
                     excluded.observed_at))
            as latest (quarter_limit, day_limit, quarter_used, day_used, observed_at)
       -- Of two at the same instant, either: their usage is compared anyway.
       order by latest.observed_at desc
       limit 1
   )
