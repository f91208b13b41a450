"""The calendar: which event stands for which run, what is wanted of it, and what Google holds.

Revision: 0006, after 0005.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table normalized.calendar (
            is_the_only_one boolean primary key default true check (is_the_only_one),
            default_since date not null,
            backfilled_since date,
            rules text not null default '',
            paused_until timestamptz,
            pauses integer not null default 0 check (pauses >= 0),
            updated_at timestamptz not null default now()
        );
        comment on table normalized.calendar is 'One row while a calendar is connected: what it is to show.';
        comment on column normalized.calendar.default_since is 'The first day whose runs are shown, unless '
            'CALENDAR_SYNC_SINCE says otherwise';
        comment on column normalized.calendar.backfilled_since is 'An earlier first day that the runner '
            'asked for';
        comment on column normalized.calendar.rules is 'A digest of the settings that all events were last '
            'compared with';
        comment on column normalized.calendar.paused_until is 'Google is left alone until then: its quota '
            'was used up';
        comment on column normalized.calendar.pauses is 'How often in a row it was';

        create table normalized.calendar_changes (
            id bigint generated always as identity primary key,
            run_id text not null
        );
        comment on table normalized.calendar_changes is 'Runs whose event has to be looked at again. A row '
            'is written by the transaction that changes the run, and deleted by the one that has looked.';

        -- Of the alphabet that Google demands, 0-9 and a-v, hexadecimal digits are a part. UTF-8 makes it
        -- as immutable as it says.
        create function normalized.calendar_event_id(run_id text, generation integer) returns text
            language sql immutable parallel safe
            return encode(sha256(convert_to(run_id || ':' || generation::text, 'UTF8')), 'hex');

        create table normalized.calendar_events (
            id bigint generated always as identity primary key,
            run_id text not null references runs (id),
            generation integer not null check (generation >= 0),
            calendar_id text not null check (calendar_id <> ''),
            event_id text not null generated always as
                (normalized.calendar_event_id(run_id, generation)) stored,
            state text not null default 'absent' check (state in ('absent', 'present', 'deleted', 'foreign')),
            is_declined boolean not null default false,
            unfinished text check (unfinished in ('insert', 'patch', 'revive', 'delete')),
            doubt text check (doubt in ('insert', 'patch', 'revive', 'delete')),
            doubt_until timestamptz,
            wanted_hash text check (wanted_hash <> ''),
            wanted_version integer,
            held_hash text,
            held_version integer,
            etag text,
            description text,
            unfinished_description text,
            runner_description text,
            synced_at timestamptz check (isfinite(synced_at)),
            failures integer not null default 0 check (failures >= 0),
            retry_at timestamptz,
            error text check (error <> ''),
            needs_work boolean not null generated always as (
                state <> 'foreign'
                and (unfinished is not null or wanted_hash is distinct from held_hash or doubt is not null)
            ) stored,
            unique (run_id, generation),
            unique (calendar_id, event_id),
            check ((held_hash is not null) = (state = 'present')),
            check ((wanted_hash is not null) = (wanted_version is not null)),
            check ((doubt is not null) = (doubt_until is not null)),
            check (not is_declined or wanted_hash is null)
        );
        create index calendar_events_to_work_on on normalized.calendar_events (id) where needs_work;
        create index calendar_events_in_trouble on normalized.calendar_events (id)
            where error is not null;
        create index calendar_events_declined on normalized.calendar_events (id) where is_declined;
        comment on table normalized.calendar_events is 'Every event that was ever meant for a run. The one '
            'of the highest generation stands for it.';
        comment on column normalized.calendar_events.generation is 'Counts the events of a run; their ids '
            'are made of it';
        comment on column normalized.calendar_events.state is 'What Google holds, as far as is known: absent '
            '(never written), present, deleted, or foreign (the id belongs to something else)';
        comment on column normalized.calendar_events.is_declined is 'The runner does not want it';
        comment on column normalized.calendar_events.unfinished is 'A request that was about to be made, '
            'and of which no answer is recorded';
        comment on column normalized.calendar_events.doubt is 'A request that was not done when it was '
            'looked at, and that Google may do late';
        comment on column normalized.calendar_events.doubt_until is 'Later than that it does not';
        comment on column normalized.calendar_events.wanted_hash is 'Of the content that it is to have; null '
            'if it is not to be there';
        comment on column normalized.calendar_events.held_hash is 'Of the content that it has';
        comment on column normalized.calendar_events.description is 'Our part of its description';
        comment on column normalized.calendar_events.unfinished_description is 'Our part of it in the '
            'request that is unfinished';
        comment on column normalized.calendar_events.runner_description is 'The whole of it, where the '
            'runner has changed it';
        comment on column normalized.calendar_events.failures is 'How often in a row it could not be written';

        -- Only while a calendar is connected: nobody else pays for it, and connecting looks at every run.
        create function normalized.note_changed_runs() returns trigger language plpgsql as $$
        begin
            if exists (select from normalized.calendar) then
                insert into normalized.calendar_changes (run_id) select id from changed;
            end if;
            return null;
        end
        $$;
        create trigger runs_inserted_for_calendar after insert on runs
            referencing new table as changed
            for each statement execute function normalized.note_changed_runs();
        create trigger runs_updated_for_calendar after update on runs
            referencing new table as changed
            for each statement execute function normalized.note_changed_runs();

        create function normalized.note_renamed_shoes() returns trigger language plpgsql as $$
        begin
            if exists (select from normalized.calendar) then
                insert into normalized.calendar_changes (run_id)
                select runs.id
                from renamed
                join former using (id)
                join runs on runs.shoe_id = renamed.id
                where renamed.name <> former.name;
            end if;
            return null;
        end
        $$;
        create trigger shoes_renamed_for_calendar after update on shoes
            referencing old table as former new table as renamed
            for each statement execute function normalized.note_renamed_shoes();
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop trigger shoes_renamed_for_calendar on shoes;
        drop trigger runs_updated_for_calendar on runs;
        drop trigger runs_inserted_for_calendar on runs;
        drop function normalized.note_renamed_shoes();
        drop function normalized.note_changed_runs();
        drop table normalized.calendar_events, normalized.calendar_changes, normalized.calendar;
        drop function normalized.calendar_event_id(text, integer);
        """
    )
