-- A place for one file's rows while they are compared with what is stored.
create temp table incoming_mmf_workouts (
    row_number integer, workout_key text,
    date_submitted text, workout_date text, activity_type text, calories_burned text, distance text,
    workout_time text, avg_pace text, max_pace text, avg_speed text, max_speed text, avg_heart_rate text,
    steps text, notes text, source text, link text, extra text
) on commit drop
