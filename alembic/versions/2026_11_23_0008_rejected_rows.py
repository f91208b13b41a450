"""Rejects: in which files they stand, and which of them the runner dismissed.

Revision: 0008, after 0007.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table raw.rejected_rows (
            file_id bigint not null references raw.ingested_files (file_id) on delete cascade,
            row_number integer not null,
            stage text not null check (stage in ('extract', 'normalize')),
            raw_key text not null,
            primary key (file_id, row_number)
        );
        comment on table raw.rejected_rows is 'Where rejects stand: the same bad row may come in many files.';
        comment on column raw.rejected_rows.raw_key is 'Of the reject, if the row still is one';
        insert into raw.rejected_rows (file_id, row_number, stage, raw_key)
        select file_id, row_number, stage, raw_key from raw.rejects
        where provider = 'mmf' and file_id is not null and row_number is not null
        on conflict do nothing;

        alter table raw.rejects
            add column dismissed_at timestamptz,
            add column dismissed_by text check (dismissed_by <> ''),
            add constraint rejects_dismissed_by_somebody
                check ((dismissed_at is null) = (dismissed_by is null));
        comment on column raw.rejects.dismissed_at is 'When a person said that it need not be told of';
        comment on column raw.rejects.dismissed_by is 'Who said so';

        create function raw.forget_dismissal() returns trigger language plpgsql as $$
        begin
            new.dismissed_at := null;
            new.dismissed_by := null;
            return new;
        end $$;
        comment on function raw.forget_dismissal is 'A row that was dismissed stays so as long as it says '
            'the same. One that was emptied for its age says nothing.';
        create trigger rejects_dismissal before update of payload on raw.rejects
            for each row
            when (old.dismissed_at is not null and new.payload <> '{}'
                  and new.payload is distinct from old.payload)
            execute function raw.forget_dismissal();
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop trigger rejects_dismissal on raw.rejects;
        drop function raw.forget_dismissal;
        alter table raw.rejects drop column dismissed_at, drop column dismissed_by;
        drop table raw.rejected_rows;
        """
    )
