-- Follows acute and chronic training load from day to day: exponentially weighted averages of the daily TRIMP.
with recursive listed as materialized (
    -- an array, because a step of the recursion finds its day there at once
    select array_agg(trimp order by date) as trimps from (
        {trimp_by_day}
    ) as days
), loads (number, trimp, atl, ctl) as (
    select 0, 0::double precision, 0::double precision, 0::double precision
    union all
    select number + 1, today.trimp,
           atl * (1 - %(acute)s) + today.trimp * %(acute)s,
           ctl * (1 - %(chronic)s) + today.trimp * %(chronic)s
    from loads
    cross join lateral (select (select trimps from listed)[number + 1]) as today (trimp)
    where today.trimp is not null
)
select %(first)s::date - %(days_before)s::integer + number - 1 as date, atl, ctl, ctl - atl as tsb, trimp
from loads
where number > %(days_before)s::integer
order by number
