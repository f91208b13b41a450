-- Finds runs whose id does not begin as those of their source do.
select id
from runs
where not starts_with(id, case source when 'MapMyFitness' then 'mmf_' else 'strava_' end)
order by id
