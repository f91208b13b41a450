-- Of the runs whose newest raw row some files brought: how many are new since an instant, and how many changed.
select count(*) filter (where runs.created_at >= %(since)s) as inserted,
       count(*) filter (where runs.created_at < %(since)s and exists (
           select from runs_history as version
           where version.run_id = runs.id and version.changed_by = 'mmf' and version.changed_at >= %(since)s
       )) as updated
from raw.mmf_workouts as workout
join runs on runs.id = workout.workout_key
where workout.file_id = any(%(file_ids)s)
