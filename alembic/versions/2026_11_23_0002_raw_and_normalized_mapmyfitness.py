"""Bookkeeping: raw MapMyFitness rows, ingested files, rejects, upstream states, conflicts, aliases.

Revision: 0002, after 0001.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create schema raw;
        comment on schema raw is 'What providers sent, as it came.';
        create schema normalized;
        comment on schema normalized is 'What it means: upstream runs, and how they were merged.';

        -- Rows written by one statement share an id from here. Writers of one provider take turns, so
        -- "greater than the last id that was read" misses nothing.
        create sequence raw.change_ids;
        create sequence normalized.change_ids;

        create table raw.ingested_files (
            file_id bigint generated always as identity primary key,
            provider text not null,
            sha256 text not null check (length(sha256) = 64),
            name text not null,
            size_bytes bigint not null,
            status text not null check (status in ('imported', 'refused')),
            refusal_reason text check ((status = 'refused') = (refusal_reason is not null)),
            unit text,
            time_zone text,
            rows_found integer not null default 0,
            rows_new integer not null default 0,
            rows_changed integer not null default 0,
            rows_unchanged integer not null default 0,
            rows_rejected integer not null default 0,
            activity_types jsonb not null default '{}',
            ingested_at timestamptz not null default now(),
            dagster_run_id text,
            unique (provider, sha256)
        );
        comment on table raw.ingested_files is 'Every file that was read, known by its content.';
        comment on column raw.ingested_files.time_zone is 'Given with the file; null means MMF_TIMEZONE';
        comment on column raw.ingested_files.rows_rejected is 'Rows not even stored as raw: wrong number of '
            'cells, or a repeated workout with other values';

        create table raw.mmf_workouts (
            workout_key text primary key,
            date_submitted text not null,
            workout_date text not null,
            activity_type text not null,
            calories_burned text not null,
            distance text not null,
            workout_time text not null,
            avg_pace text not null,
            max_pace text not null,
            avg_speed text not null,
            max_speed text not null,
            avg_heart_rate text not null,
            steps text not null,
            notes text not null,
            source text not null,
            link text not null,
            extra text not null,
            unit text not null check (unit in ('mi', 'km')),
            time_zone text,
            file_id bigint not null references raw.ingested_files (file_id),
            row_number integer not null,
            change_id bigint not null
        );
        create index mmf_workouts_by_change on raw.mmf_workouts (change_id);
        comment on table raw.mmf_workouts is 'The newest row of each workout, cell by cell as exported.';
        comment on column raw.mmf_workouts.workout_key is 'The run id that this workout has or would have';
        comment on column raw.mmf_workouts.extra is 'Columns beyond the known fifteen, as JSON';
        comment on column raw.mmf_workouts.unit is 'Unit of length in distance, pace and speed: mi or km';
        comment on column raw.mmf_workouts.file_id is 'The file that this row last changed with';
        comment on column raw.mmf_workouts.row_number is 'Its row there; the header is row 1';

        create table raw.rejects (
            reject_id bigint generated always as identity primary key,
            provider text not null,
            raw_key text not null,
            stage text not null check (stage in ('extract', 'normalize')),
            file_id bigint references raw.ingested_files (file_id),
            row_number integer,
            reason text not null,
            payload jsonb not null,
            rejected_at timestamptz not null default now(),
            dagster_run_id text,
            resolved_at timestamptz,
            unique (provider, stage, raw_key)
        );
        create index rejects_open on raw.rejects (provider, file_id, row_number) where resolved_at is null;
        comment on table raw.rejects is 'Rows that could not be understood, kept with the reason.';
        comment on column raw.rejects.resolved_at is 'When a later export or newer rules made it a run';

        create table normalized.shoe_aliases (
            spelling_id text primary key,
            spelling text not null,
            shoe_name text not null check (shoe_name <> ''),
            created_at timestamptz not null default now()
        );
        comment on table normalized.shoe_aliases is 'Spellings that mean another shoe, as the runner says.';

        create type normalized.run_values as (
            datetime_utc timestamptz,
            type text,
            distance double precision,
            duration double precision,
            avg_heart_rate double precision,
            shoe_id text
        );

        create table normalized.runs (
            run_id text primary key,
            provider text not null,
            datetime_utc timestamptz not null,
            type text not null,
            distance double precision not null,
            duration double precision not null,
            source text not null,
            avg_heart_rate double precision,
            shoe_id text,
            shoe_name text,
            is_day_precision boolean not null,
            withdrawn_reason text,
            is_withdrawal_pending boolean not null default false,
            base normalized.run_values,
            change_id bigint not null,
            changed_at timestamptz not null default now()
        );
        create index runs_by_change on normalized.runs (provider, change_id);
        create index runs_to_withdraw on normalized.runs (provider) where is_withdrawal_pending;
        comment on table normalized.runs is 'What providers say of each run now.';
        comment on column normalized.runs.withdrawn_reason is 'Why the provider no longer offers it as a run';
        comment on column normalized.runs.base is 'The values that were merged into public.runs last, where '
            'they differ from these';

        create table normalized.progress (
            stage text not null check (stage in ('normalize', 'merge')),
            provider text not null,
            change_id bigint not null,
            rules text not null default '',
            updated_at timestamptz not null default now(),
            primary key (stage, provider)
        );
        comment on table normalized.progress is 'How far each stage has read the changes of the one before.';
        comment on column normalized.progress.rules is 'What the results rest on besides the rows: the '
            'version of the rules, time zone, aliases; another value means that all rows are read again';
        create trigger progress_updated_at before update on normalized.progress
            for each row execute function set_updated_at();

        create table normalized.conflicts (
            conflict_id bigint generated always as identity primary key,
            run_id text not null references runs (id) on delete cascade,
            field text not null,
            provider text not null,
            base_value jsonb not null,
            upstream_value jsonb not null,
            current_value jsonb not null,
            detected_at timestamptz not null default now(),
            settled_at timestamptz,
            settlement text check (settlement in ('keep', 'take', 'agreed')),
            check ((settled_at is null) = (settlement is null))
        );
        create unique index conflicts_open on normalized.conflicts (run_id, field) where settled_at is null;
        comment on table normalized.conflicts is 'Fields that both the runner and the provider changed; the '
            'runner''s value stays until the runner says otherwise.';

        -- The merge rule, for one field. Upstream did not change: keep. Upstream changed and the runner did
        -- not touch it: take. Both changed: the runner's value stays.
        create function normalized.merged(base anycompatible, upstream anycompatible, present anycompatible)
            returns anycompatible language sql immutable parallel safe as $$
            select case when upstream is not distinct from base then present
                        when present is not distinct from base then upstream
                        else present end
        $$;

        create function normalized.is_conflict(
            base anycompatible, upstream anycompatible, present anycompatible)
            returns boolean language sql immutable parallel safe as $$
            select upstream is distinct from base
               and present is distinct from base
               and upstream is distinct from present
        $$;
        """
    )


def downgrade() -> None:
    op.execute("drop schema normalized cascade; drop schema raw cascade;")
