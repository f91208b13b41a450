"""The REST API: tokens of those who may ask it, who edited through it, consents under way, runs in detail.

Revision: 0007, after 0006.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table normalized.api_tokens (
            id bigint generated always as identity primary key,
            name text not null unique check (name <> ''),
            sha256 bytea not null unique check (length(sha256) = 32),
            role text not null check (role in ('viewer', 'editor')),
            created_at timestamptz not null default now(),
            expires_at timestamptz check (isfinite(expires_at)),
            last_used_at timestamptz,
            revoked_at timestamptz
        );
        comment on table normalized.api_tokens is 'Who may ask the REST API; the tokens themselves are not '
            'kept.';
        comment on column normalized.api_tokens.last_used_at is 'To the minute';

        create table normalized.api_edits (
            run_id text not null,
            version_number integer not null,
            token_name text not null,
            primary key (run_id, version_number),
            foreign key (run_id, version_number) references runs_history (run_id, version_number)
                on delete cascade
        );
        comment on table normalized.api_edits is 'With which token a version came through the REST API; '
            'runs_history.changed_by may be a label that the editor chose.';

        create table normalized.oauth_states (
            sha256 bytea primary key check (length(sha256) = 32),
            provider text not null check (provider <> ''),
            verifier text,
            expires_at timestamptz not null
        );
        comment on table normalized.oauth_states is 'Consents that were asked for and not answered yet; each '
            'answer takes its row away.';
        comment on column normalized.oauth_states.verifier is 'What proves that who asked is who exchanges '
            'the code, encrypted';

        create view normalized.run_details as
        select runs.id, runs.datetime_utc, runs.type, runs.distance, runs.duration, runs.source,
               runs.avg_heart_rate, runs.shoe_id, runs.last_edited_at, runs.last_edited_by, runs.version,
               runs.deleted_at, runs.created_at, runs.updated_at,
               shoes.name as shoes,
               shoes.retirement_notes as shoe_retirement_notes,
               coalesce(synced_runs.sync_status = 'synced', false) as is_synced,
               synced_runs.sync_status,
               synced_runs.synced_at,
               synced_runs.google_event_id,
               synced_runs.run_version as synced_version,
               synced_runs.error_message
        from runs
        left join shoes on shoes.id = runs.shoe_id
        left join synced_runs on synced_runs.run_id = runs.id;
        comment on view normalized.run_details is 'Runs, deleted ones too, with the shoe and what the '
            'calendar holds of them.';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop view normalized.run_details;
        drop table normalized.oauth_states, normalized.api_edits, normalized.api_tokens;
        """
    )
