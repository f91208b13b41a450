"""Bookkeeping: raw Strava activities and gear, listings under way, rate limits, mirrored retirements.

Revision: 0004, after 0003.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table raw.strava_activities (
            activity_id bigint,
            payload jsonb,
            sha256 bytea not null check (length(sha256) = 32),
            start_date timestamptz not null check (isfinite(start_date)),
            scope text not null,
            fetched_at timestamptz not null default now(),
            dagster_run_id text,
            upstream_deleted_at timestamptz,
            change_id bigint not null,
            -- As text, so that a value which is none never keeps its neighbours from being stored.
            sport_type text generated always as
                (coalesce(payload ->> 'sport_type', payload ->> 'type')) stored,
            trainer text generated always as (payload ->> 'trainer') stored,
            distance text generated always as (payload ->> 'distance') stored,
            elapsed_time text generated always as (payload ->> 'elapsed_time') stored,
            average_heartrate text generated always as (payload ->> 'average_heartrate') stored,
            gear_id text generated always as (payload ->> 'gear_id') stored,
            -- Whether an activity came like this before is told by the index alone, which is far smaller.
            primary key (activity_id) include (sha256, scope, upstream_deleted_at)
        );
        create index strava_activities_by_change on raw.strava_activities (change_id);
        create index strava_activities_by_start on raw.strava_activities (start_date);
        create index strava_activities_by_fetch on raw.strava_activities (fetched_at)
            where payload is not null;
        comment on table raw.strava_activities is 'The newest row of each Strava activity, as it was sent.';
        comment on column raw.strava_activities.activity_id is 'Strava''s; the run is strava_ with it';
        comment on column raw.strava_activities.start_date is 'The start of the activity';
        comment on column raw.strava_activities.dagster_run_id is 'The Dagster run that brought it like this';
        comment on column raw.strava_activities.change_id is 'Grows with every change';
        comment on column raw.strava_activities.sport_type is 'Of the payload, as are the columns after it';
        comment on column raw.strava_activities.distance is 'Metres';
        comment on column raw.strava_activities.elapsed_time is 'Seconds';
        comment on column raw.strava_activities.average_heartrate is 'Beats a minute';
        comment on column raw.strava_activities.payload is 'Null once STRAVA_RAW_RETENTION_DAYS emptied it';
        comment on column raw.strava_activities.sha256 is 'Of the bytes that came; equal means unchanged';
        comment on column raw.strava_activities.scope is 'What the token could see when it was last listed; '
            'only a listing that sees as much can tell that it is gone';
        comment on column raw.strava_activities.fetched_at is 'When it came like this for the first time';
        comment on column raw.strava_activities.upstream_deleted_at is 'When Strava was found not to have it '
            'any more';

        create table raw.strava_gear (
            gear_id text primary key,
            payload jsonb,
            sha256 bytea check (length(sha256) = 32),
            first_name text,
            unreadable_reason text,
            asked_at timestamptz,
            fetched_at timestamptz,
            dagster_run_id text,
            check ((payload is null) = (sha256 is null))
        );
        comment on table raw.strava_gear is 'The gear that activities name, as it was sent.';
        comment on column raw.strava_gear.first_name is 'What it was called first: it decides the shoe, so '
            'that another name does not make a second one';
        comment on column raw.strava_gear.unreadable_reason is 'Why Strava gave nothing at the last try';
        comment on column raw.strava_gear.asked_at is 'When Strava was last asked; null: not yet';
        comment on column raw.strava_gear.fetched_at is 'When it came like this for the first time';

        create table raw.strava_listings (
            listing_id bigint generated always as identity primary key,
            kind text not null check (kind in ('full', 'incremental', 'window')),
            window_after timestamptz not null,
            window_before timestamptz not null,
            scope text not null,
            begun_at timestamptz not null,
            begun_change_id bigint not null,
            next_after bigint not null,
            next_before bigint not null,
            next_page integer not null default 1 check (next_page >= 1),
            has_seams boolean not null,
            dagster_run_id text,
            completed_at timestamptz,
            abandoned_at timestamptz,
            check (completed_at is null or abandoned_at is null)
        );
        create index strava_listings_open on raw.strava_listings (kind)
            where completed_at is null and abandoned_at is null;
        comment on table raw.strava_listings is 'Listings of activities: how far each of them has come.';
        comment on column raw.strava_listings.begun_change_id is 'What was stored after this change may lie '
            'where the listing had already been';
        comment on column raw.strava_listings.next_before is 'With next_after (epoch seconds) and next_page: '
            'what to ask for next, also after a crash';
        comment on column raw.strava_listings.has_seams is 'Whether pages do not overlap, as in the first '
            'listing of all: an activity that starts in the very second of a page''s last one comes with the '
            'next full listing then';

        create table raw.strava_listed_pages (
            listing_id bigint not null references raw.strava_listings (listing_id) on delete cascade,
            number integer not null,
            activity_ids bigint[] not null,
            primary key (listing_id, number)
        );
        comment on table raw.strava_listed_pages is 'Which activities a listing under way has seen; emptied '
            'when it is complete.';

        create table raw.rate_limits (
            provider text not null,
            scope text not null check (scope in ('overall', 'read')),
            quarter_limit integer not null,
            day_limit integer not null,
            quarter_used integer not null,
            day_used integer not null,
            observed_at timestamptz not null,
            primary key (provider, scope)
        );
        comment on table raw.rate_limits is 'What providers said last of how much may still be asked.';

        create table normalized.shoe_retirements (
            shoe_id text primary key references shoes (id) on delete cascade,
            is_retired boolean not null,
            retired_at date,
            updated_at timestamptz not null default now()
        );
        comment on table normalized.shoe_retirements is 'What Strava said last of a shoe being retired, and '
            'the day that was written for it; the runner''s own word wins over a later look at the same.';
        create trigger shoe_retirements_updated_at before update on normalized.shoe_retirements
            for each row execute function set_updated_at();

        create table normalized.checks_passed (
            check_name text primary key,
            history_id bigint not null,
            passed_at timestamptz not null default now()
        );
        comment on table normalized.checks_passed is 'Up to which version an asset check has found all well.';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop table normalized.checks_passed, normalized.shoe_retirements, raw.rate_limits,
                   raw.strava_listed_pages, raw.strava_listings, raw.strava_gear, raw.strava_activities;
        """
    )
