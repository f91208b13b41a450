"""The seven-table core that users know: runs with their history, shoes, calendar and sync state.

Revision: 0001, the first.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create function set_updated_at() returns trigger language plpgsql as $$
        begin
            new.updated_at = now();
            return new;
        end
        $$;

        create table shoes (
            id text primary key check (id <> ''),
            name text not null unique check (name <> ''),
            retired_at date,
            notes text,
            retirement_notes text,
            deleted_at timestamptz check (isfinite(deleted_at)),
            created_at timestamptz not null default now() check (isfinite(created_at)),
            updated_at timestamptz not null default now()
        );

        create table runs (
            id text primary key check (id <> ''),
            datetime_utc timestamptz not null check (isfinite(datetime_utc)),
            type text not null check (type in ('Outdoor Run', 'Treadmill Run')),
            -- NaN counts as greater than infinity, so this refuses both
            distance double precision not null check (distance >= 0 and distance < 'Infinity'),
            duration double precision not null check (duration >= 0 and duration < 'Infinity'),
            source text not null check (source in ('MapMyFitness', 'Strava')),
            avg_heart_rate double precision check (avg_heart_rate > 0 and avg_heart_rate < 'Infinity'),
            shoe_id text references shoes (id),
            last_edited_at timestamptz check (isfinite(last_edited_at)),
            last_edited_by text,
            version integer not null default 1 check (version >= 1),
            deleted_at timestamptz check (isfinite(deleted_at)),
            created_at timestamptz not null default now() check (isfinite(created_at)),
            updated_at timestamptz not null default now()
        );
        create index runs_by_time on runs (datetime_utc, id) where deleted_at is null;
        create index runs_by_shoe on runs (shoe_id) where shoe_id is not null;

        create table runs_history (
            history_id bigint generated always as identity primary key,
            run_id text not null references runs (id) on delete cascade,
            version_number integer not null check (version_number >= 1),
            change_type text not null check (change_type in ('original', 'edit', 'deletion')),
            datetime_utc timestamptz not null check (isfinite(datetime_utc)),
            type text not null check (type in ('Outdoor Run', 'Treadmill Run')),
            distance double precision not null check (distance >= 0 and distance < 'Infinity'),
            duration double precision not null check (duration >= 0 and duration < 'Infinity'),
            source text not null check (source in ('MapMyFitness', 'Strava')),
            avg_heart_rate double precision check (avg_heart_rate > 0 and avg_heart_rate < 'Infinity'),
            shoe_id text,
            changed_at timestamptz not null default now() check (isfinite(changed_at)),
            changed_by text,
            change_reason text,
            unique (run_id, version_number)
        );

        create function refuse_to_rewrite_history() returns trigger language plpgsql as $$
        begin
            raise exception 'a row of runs_history is never changed; record a new version instead';
        end
        $$;
        create trigger runs_history_is_append_only before update on runs_history
            for each row execute function refuse_to_rewrite_history();

        create table synced_runs (
            id bigint generated always as identity primary key,
            run_id text not null unique references runs (id),
            run_version integer not null,
            google_event_id text not null,
            synced_at timestamptz check (isfinite(synced_at)),
            sync_status text not null check (sync_status in ('synced', 'failed', 'pending')),
            error_message text,
            created_at timestamptz not null default now() check (isfinite(created_at)),
            updated_at timestamptz not null default now()
        );
        create index synced_runs_to_retry on synced_runs (sync_status) where sync_status <> 'synced';

        create table sync_metadata (
            provider text primary key,
            last_synced_at timestamptz not null check (isfinite(last_synced_at)),
            created_at timestamptz not null default now() check (isfinite(created_at)),
            updated_at timestamptz not null default now()
        );

        create table oauth_credentials (
            id bigint generated always as identity primary key,
            provider text not null unique,
            client_id text not null,
            client_secret text not null,
            access_token text not null,
            refresh_token text not null,
            expires_at timestamptz check (isfinite(expires_at)),
            created_at timestamptz not null default now() check (isfinite(created_at)),
            updated_at timestamptz not null default now()
        );

        create trigger shoes_updated_at before update on shoes
            for each row execute function set_updated_at();
        create trigger runs_updated_at before update on runs
            for each row execute function set_updated_at();
        create trigger synced_runs_updated_at before update on synced_runs
            for each row execute function set_updated_at();
        create trigger sync_metadata_updated_at before update on sync_metadata
            for each row execute function set_updated_at();
        create trigger oauth_credentials_updated_at before update on oauth_credentials
            for each row execute function set_updated_at();

        comment on table runs is 'One row a run, as it is now.';
        comment on column runs.id is 'strava_ with the activity id, or mmf_ with the workout id';
        comment on column runs.datetime_utc is 'Start; noon local where only the day is known';
        comment on column runs.distance is 'Miles';
        comment on column runs.duration is 'Elapsed seconds';
        comment on column runs.avg_heart_rate is 'Beats a minute; null when it was not measured';
        comment on column runs.last_edited_at is 'When a person last edited it';
        comment on column runs.version is 'The version_number of the newest row in runs_history';
        comment on column runs.deleted_at is 'When it was deleted; it counts nowhere then';
        comment on table runs_history is 'Every version of every run: its state after each change.';
        comment on column runs_history.changed_by is 'system, a provider (mmf, strava) or a person';
        comment on table shoes is 'The shoes that runs were run in.';
        comment on column shoes.id is 'The normalised name';
        comment on table synced_runs is 'What the calendar holds of each run.';
        comment on table sync_metadata is 'How far each provider was read completely.';
        comment on table oauth_credentials is 'Tokens of connected providers, encrypted.';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop table oauth_credentials, sync_metadata, synced_runs, runs_history, runs, shoes;
        drop function refuse_to_rewrite_history();
        drop function set_updated_at();
        """
    )
