-- Makes a schema to recompute in: the runs that raw rows give, and what is known of raw rows that give none. Where
-- withdrawn_reason is null there, the raw row tells nothing: what is stored of it is taken as it is.
create schema rebuild_scratch;
create unlogged table rebuild_scratch.normalized_runs (
    run_id text, provider text, datetime_utc timestamptz, type text, distance double precision,
    duration double precision, source text, avg_heart_rate double precision, shoe_id text, shoe_name text,
    is_day_precision boolean, withdrawn_reason text
);
create unlogged table rebuild_scratch.not_runs (run_id text, withdrawn_reason text);
create type rebuild_scratch.run as (
    datetime_utc timestamptz, type text, distance double precision, duration double precision,
    avg_heart_rate double precision, shoe_id text, source text, deleted_at timestamptz, last_edited_at timestamptz,
    last_edited_by text, version integer
)
