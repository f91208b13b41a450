-- Places for one batch of normalized workouts while they are compared with what is stored.
create temp table incoming_lifts (
    lift_id text, workout_id text, title text, description text, start_time timestamptz, end_time timestamptz
) on commit drop;
create temp table incoming_withdrawn_lifts (lift_id text, workout_id text) on commit drop;
create temp table incoming_lift_rejects (key text, workout_id text, reason text) on commit drop
