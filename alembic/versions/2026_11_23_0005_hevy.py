"""Hevy: lifts and exercise templates, with their raw rows, former versions and listings under way.

Revision: 0005, after 0004.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table lifts (
            id text primary key check (id <> ''),
            title text not null,
            source text not null default 'Hevy' check (source = 'Hevy'),
            description text,
            start_time timestamptz not null check (isfinite(start_time)),
            end_time timestamptz check (isfinite(end_time)),
            -- normalized.lift_exercises gives nothing but arrays; to check that would unpack each once more
            exercises jsonb not null,
            -- NaN counts as greater than infinity, so this refuses both
            total_volume_kg double precision not null
                check (total_volume_kg >= 0 and total_volume_kg < 'Infinity'),
            total_sets integer not null check (total_sets >= 0),
            deleted_at timestamptz check (isfinite(deleted_at)),
            created_at timestamptz not null default now() check (isfinite(created_at)),
            updated_at timestamptz not null default now()
        );
        create index lifts_by_time on lifts (start_time, id) where deleted_at is null;
        create index lifts_ending_too_early on lifts (id) where end_time < start_time;
        create trigger lifts_updated_at before update on lifts
            for each row execute function set_updated_at();
        comment on table lifts is 'One row a strength session, as it is now.';
        comment on column lifts.id is 'hevy_ with the workout id';
        comment on column lifts.exercises is 'An array of exercises, each with its sets; docs/hevy.md has '
            'the shape';
        comment on column lifts.total_volume_kg is 'Weight times repetitions, warm-ups not counted';
        comment on column lifts.total_sets is 'Warm-ups not counted';
        comment on column lifts.deleted_at is 'When it was found deleted; it counts nowhere then';

        create table exercise_templates (
            id text primary key check (id <> ''),
            title text not null,
            source text not null default 'Hevy' check (source = 'Hevy'),
            type text,
            primary_muscle_group text,
            secondary_muscle_groups text[] not null default '{}',
            is_custom boolean not null default false
        );
        comment on table exercise_templates is 'The exercises that lifts name.';

        -- What Hevy's JSON means. None of these ever fails, whatever it says: raw rows are stored with what
        -- they give, and no row may keep its neighbours from being stored.
        create function normalized.lift_text(value text) returns text
            language sql immutable parallel safe
            return case when value ~ '[^[:space:]]' then value end;
        comment on function normalized.lift_text is 'A text in which something can be read, else null.';

        create function normalized.lift_instant(value text) returns timestamptz
            language sql immutable parallel safe
            return case
                when value ~ ('^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
                              '[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,20})?)?'
                              '(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)$')
                then case
                    when substr(value, 9, 2)::integer <= extract(day from
                        make_date(left(value, 4)::integer, substr(value, 6, 2)::integer, 1)
                        + interval '1 month' - interval '1 day')
                    then value::timestamptz end
                end;
        comment on function normalized.lift_instant is 'An instant from 1900 to 2199 in ISO 8601, else null.';

        -- JSON orders numbers between texts and truth values, so this refuses whatever is none, too.
        create function normalized.lift_number(value jsonb) returns numeric
            language sql immutable parallel safe
            return case when value between '0' and '1000000' then round(value::numeric, 6) end;
        comment on function normalized.lift_number is 'A number of a set that can be believed, to '
            'the millionth, else null.';

        create function normalized.lift_exercises(workout jsonb) returns jsonb
            language sql immutable parallel safe
            begin atomic
                select coalesce(jsonb_agg(
                    '{"index": null, "title": null, "notes": null}'::jsonb
                    || case jsonb_typeof(exercise)
                       when 'object' then exercise - '{exercise_template_id,supersets_id}'::text[]
                       else jsonb_build_object('value', exercise) end
                    || jsonb_build_object(
                           'template_id',
                           coalesce(exercise -> 'exercise_template_id', exercise -> 'template_id'),
                           'superset_id',
                           coalesce(nullif(exercise -> 'supersets_id', 'null'), exercise -> 'superset_id'),
                           'sets',
                           coalesce((
                               select jsonb_agg(
                                   '{"index": null, "type": null, "weight_kg": null, "reps": null,
                                     "distance_meters": null, "duration_seconds": null, "rpe": null,
                                     "custom_metric": null}'::jsonb
                                   || case jsonb_typeof(set)
                                      when 'object' then set
                                      else jsonb_build_object('value', set) end
                               )
                               from jsonb_path_query(exercise -> 'sets', '$[*] ? (@.type() != "null")') as set
                           ), '[]')
                       )
                ), '[]')
                from jsonb_path_query(workout, '$.exercises[*] ? (@.type() != "null")') as exercise;
            end;
        comment on function normalized.lift_exercises is 'What a Hevy workout says, in the shape of '
            'lifts.exercises.';

        create function normalized.lift_volume_kg(workout jsonb) returns double precision
            language sql immutable parallel safe
            begin atomic
                select coalesce(
                    sum(normalized.lift_number(set -> 'weight_kg') * normalized.lift_number(set -> 'reps')), 0
                )
                from jsonb_path_query(
                    workout,
                    '$.exercises[*] ? (@.type() == "object").sets[*] ? (@.type() == "object")'
                ) as set
                where set ->> 'type' is distinct from 'warmup';
            end;
        comment on function normalized.lift_volume_kg is 'Weight times repetitions, warm-ups not counted.';

        create function normalized.lift_total_sets(workout jsonb) returns integer
            language sql immutable parallel safe
            begin atomic
                select count(*)
                from jsonb_path_query(
                    workout,
                    '$.exercises[*] ? (@.type() == "object").sets[*] ? (@.type() == "object")'
                ) as set
                where set ->> 'type' is distinct from 'warmup';
            end;
        comment on function normalized.lift_total_sets is 'How many sets, warm-ups not counted.';

        create table raw.hevy_workouts (
            workout_id text primary key check (workout_id <> ''),
            payload jsonb not null,
            sha256 bytea not null check (length(sha256) = 32),
            changed_upstream_at timestamptz check (isfinite(changed_upstream_at)),
            fetched_at timestamptz not null default now(),
            dagster_run_id text,
            upstream_deleted_at timestamptz,
            change_id bigint not null,
            -- What the lift says. Computed once, while Hevy is waited for anyway: taking sets apart later is
            -- what would take long.
            title text generated always as
                (coalesce(normalized.lift_text(payload ->> 'title'), 'Workout')) stored,
            description text generated always as
                (normalized.lift_text(payload ->> 'description')) stored,
            start_time timestamptz generated always as
                (normalized.lift_instant(payload ->> 'start_time')) stored,
            end_time timestamptz generated always as
                (normalized.lift_instant(payload ->> 'end_time')) stored,
            exercises jsonb generated always as (normalized.lift_exercises(payload)) stored,
            total_volume_kg double precision generated always as
                (normalized.lift_volume_kg(payload)) stored,
            total_sets integer generated always as (normalized.lift_total_sets(payload)) stored
        );
        create index hevy_workouts_by_change on raw.hevy_workouts (change_id);
        comment on table raw.hevy_workouts is 'The newest state of each Hevy workout, as it was sent.';
        comment on column raw.hevy_workouts.sha256 is 'Of the bytes that came; equal means unchanged';
        comment on column raw.hevy_workouts.changed_upstream_at is 'Its updated_at; an older one never '
            'replaces a newer one';
        comment on column raw.hevy_workouts.fetched_at is 'When it came like this for the first time';
        comment on column raw.hevy_workouts.upstream_deleted_at is 'When Hevy deleted it, or was found not '
            'to have it any more';

        create table raw.hevy_exercise_templates (
            template_id text primary key check (template_id <> ''),
            payload jsonb,
            sha256 bytea check (length(sha256) = 32),
            unreadable_reason text,
            asked_at timestamptz,
            fetched_at timestamptz,
            dagster_run_id text,
            change_id bigint not null,
            check ((payload is null) = (sha256 is null))
        );
        create index hevy_exercise_templates_by_change on raw.hevy_exercise_templates (change_id);
        comment on table raw.hevy_exercise_templates is 'The exercises that workouts name, as sent.';
        comment on column raw.hevy_exercise_templates.unreadable_reason is 'Why Hevy gave nothing at '
            'the last try';
        comment on column raw.hevy_exercise_templates.asked_at is 'When Hevy was last asked; null: not yet';

        create table raw.hevy_listings (
            listing_id bigint generated always as identity primary key,
            begun_at timestamptz not null,
            begun_change_id bigint not null,
            next_page integer not null default 1 check (next_page >= 1),
            dagster_run_id text,
            completed_at timestamptz,
            abandoned_at timestamptz,
            check (completed_at is null or abandoned_at is null)
        );
        comment on table raw.hevy_listings is 'Listings of all workouts: how far each of them has come.';

        create table raw.hevy_listed_pages (
            listing_id bigint not null references raw.hevy_listings (listing_id) on delete cascade,
            number integer not null,
            workout_ids text[] not null,
            reject_keys text[] not null default '{}',
            primary key (listing_id, number)
        );
        comment on column raw.hevy_listed_pages.reject_keys is 'The rows of it that were rejected: other '
            'rejects are of workouts that are gone';
        comment on table raw.hevy_listed_pages is 'Which workouts a listing under way has seen; emptied when '
            'it is complete.';

        create table raw.hevy_feed (
            is_only_row boolean primary key default true check (is_only_row),
            top_digests bytea[] not null default '{}',
            count_at_hevy integer check (count_at_hevy >= 0),
            count_here integer check (count_here >= 0),
            counted_at timestamptz check (isfinite(counted_at)),
            check (num_nulls(count_at_hevy, count_here, counted_at) in (0, 3))
        );
        comment on table raw.hevy_feed is 'What Hevy said last of all workouts together.';
        comment on column raw.hevy_feed.top_digests is 'What stood on the first page of the feed of events '
            'when it was last read to its end: as long as it does, nothing happened since';
        comment on column raw.hevy_feed.count_at_hevy is 'How many workouts it counted; null: not yet asked';
        comment on column raw.hevy_feed.count_here is 'How many of them were here then';

        create table normalized.lift_versions (
            lift_id text not null references lifts (id) on delete cascade,
            version_number integer not null check (version_number >= 1),
            state jsonb not null,
            superseded_at timestamptz not null default now(),
            primary key (lift_id, version_number)
        );
        comment on table normalized.lift_versions is 'What lifts were before they were changed or deleted '
            'upstream; the present state is in lifts.';

        create view normalized.lift_sets as
        select lifts.id as lift_id, lifts.start_time,
               exercise.position::integer as exercise_position,
               set.position::integer as set_position,
               exercise.value ->> 'template_id' as template_id,
               exercise.value ->> 'title' as title,
               set.value ->> 'type' as type,
               normalized.lift_number(set.value -> 'weight_kg') as weight_kg,
               normalized.lift_number(set.value -> 'reps') as reps
        from lifts
        cross join lateral jsonb_path_query(lifts.exercises, '$[*]')
             with ordinality as exercise (value, position)
        cross join lateral jsonb_path_query(exercise.value, '$.sets[*] ? (@.type() == "object")')
             with ordinality as set (value, position)
        where lifts.deleted_at is null and set.value ->> 'type' is distinct from 'warmup';
        comment on view normalized.lift_sets is 'Every set that counts: no warm-up, of no deleted lift.';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop view normalized.lift_sets;
        drop table normalized.lift_versions, raw.hevy_feed, raw.hevy_listed_pages, raw.hevy_listings,
                   raw.hevy_exercise_templates, raw.hevy_workouts, exercise_templates, lifts;
        drop function normalized.lift_exercises, normalized.lift_volume_kg, normalized.lift_total_sets,
                      normalized.lift_number, normalized.lift_instant, normalized.lift_text;
        """
    )
