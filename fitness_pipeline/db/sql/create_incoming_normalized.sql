-- Places for one batch of normalized rows while they are compared with what is stored.
create temp table incoming_normalized_runs (
    run_id text, datetime_utc timestamptz, type text, distance double precision, duration double precision,
    source text, avg_heart_rate double precision, shoe_id text, shoe_name text, is_day_precision boolean
) on commit drop;
create temp table incoming_others (key text, activity_type text) on commit drop;
create temp table incoming_withdrawn (run_id text, reason text) on commit drop;
create temp table incoming_rejects (key text, reason text) on commit drop
