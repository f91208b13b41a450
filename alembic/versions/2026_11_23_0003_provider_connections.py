"""Bookkeeping of connected providers: what was granted, by whom, and whether it still holds.

Revision: 0003, after 0002.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table normalized.connections (
            provider text primary key check (provider <> ''),
            scopes text[],
            athlete_id bigint,
            connected_at timestamptz,
            needs_reauthorization_reason text check (needs_reauthorization_reason <> ''),
            updated_at timestamptz not null default now(),
            check (connected_at is not null or needs_reauthorization_reason is not null)
        );
        comment on table normalized.connections is 'What each provider was granted, and whether it holds.';
        comment on column normalized.connections.scopes is 'What was granted; null where nobody told, as '
            'with a refresh token from the environment';
        comment on column normalized.connections.athlete_id is 'Whose account, as the provider numbers it';
        comment on column normalized.connections.connected_at is 'Null when it never worked';
        comment on column normalized.connections.needs_reauthorization_reason is 'Why only a person can go '
            'on, by connecting again';
        create trigger connections_updated_at before update on normalized.connections
            for each row execute function set_updated_at();
        """
    )


def downgrade() -> None:
    op.execute("drop table normalized.connections;")
