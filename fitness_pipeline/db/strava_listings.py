"""The table `raw.strava_listings`: how far each listing of activities has come, so that it can go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row, scalar_row

from fitness_pipeline.db.arrays import bigints
from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.queries import query

# Nobody goes on with an older one: too much has changed since.
_OPEN_FOR_DAYS = 3
_KEPT_FOR_DAYS = 90

_COLUMNS = (
    "listing_id, kind, window_after, window_before, scope, begun_at, begun_change_id, next_after, "
    "next_before, next_page, has_seams"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing under way.

    Attributes:
        window_after: activities that start at this instant or later are listed.
        window_before: activities that start before this instant are listed.
        scope: what the token could see when it began.
        begun_at: by the clock of the machine that reads.
        begun_change_id: the newest change of the activities at that time.
        next_after: epoch seconds; with `next_before` and `next_page`, what to ask for next.
        has_seams: whether its pages do not overlap.
    """

    listing_id: int
    kind: Literal["full", "incremental", "window"]
    window_after: datetime
    window_before: datetime
    scope: str
    begun_at: datetime
    begun_change_id: int
    next_after: int
    next_before: int
    next_page: int
    has_seams: bool


def find_open_listing(
    kind: str, *, after: datetime, before: datetime, begun_after: datetime, conn: AnyConnection | None = None
) -> Listing | None:
    """Return a listing to go on with: one of the same window, or any full one.

    Args:
        kind: `full` or `window`; an incremental one is short, and begins anew.
        after: the bound of the window.
        before: the other bound.
        begun_after: older ones say too little of how things are now.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from raw.strava_listings
        where kind = %(kind)s and kind <> 'incremental' and completed_at is null and abandoned_at is null
          and begun_at > %(begun_after)s
          and (kind = 'full' or (window_after = %(after)s and window_before = %(before)s))
        order by listing_id desc
        limit 1
    """  # noqa: S608 - the columns are a constant
    with transaction(conn) as connection, connection.cursor(row_factory=class_row(Listing)) as cursor:
        return cursor.execute(
            statement, {"kind": kind, "after": after, "before": before, "begun_after": begun_after}
        ).fetchone()


def begin_listing(
    *,
    kind: str,
    after: datetime,
    before: datetime,
    scope: str,
    begun_at: datetime,
    first_after: int,
    first_before: int,
    dagster_run_id: str | None,
    conn: AnyConnection | None = None,
) -> Listing:
    """Begin a listing; the very first full one has seams.

    Args:
        kind: `full`, `incremental` or `window`.
        after: activities that start at this instant or later are listed.
        before: activities that start before this instant are listed.
        scope: what the token can see.
        begun_at: the time.
        first_after: epoch seconds, for the first request.
        first_before: epoch seconds, for the first request.
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, to take part in its transaction.
    """
    parameters = {
        "kind": kind,
        "after": after,
        "before": before,
        "scope": scope,
        "begun_at": begun_at,
        "first_after": first_after,
        "first_before": first_before,
        "dagster_run_id": dagster_run_id,
    }
    statement = f"""
        insert into raw.strava_listings (kind, window_after, window_before, scope, begun_at, begun_change_id,
                                         next_after, next_before, has_seams, dagster_run_id)
        select %(kind)s, %(after)s, %(before)s, %(scope)s, %(begun_at)s,
               coalesce((select max(change_id) from raw.strava_activities), 0),
               %(first_after)s, %(first_before)s,
               %(kind)s = 'full' and not exists (select from raw.strava_activities), %(dagster_run_id)s
        returning {_COLUMNS}
    """  # noqa: S608 - the columns are a constant
    with transaction(conn) as connection, connection.cursor(row_factory=class_row(Listing)) as cursor:
        (begun,) = cursor.execute(statement, parameters).fetchall()
    return begun


def record_listed_page(
    connection: AnyConnection,
    listing: Listing,
    activity_ids: Sequence[int],
    *,
    next_after: int,
    next_before: int,
    next_page: int,
) -> None:
    """Record what a page held and where to go on, in the transaction that stores its activities.

    Args:
        connection: in that transaction.
        listing: which one.
        activity_ids: of the page.
        next_after: epoch seconds.
        next_before: epoch seconds.
        next_page: from 1.
    """
    parameters = {
        "listing_id": listing.listing_id,
        "activity_ids": bigints(activity_ids),
        "next_after": next_after,
        "next_before": next_before,
        "next_page": next_page,
    }
    connection.execute(
        """
        with listed as (
            insert into raw.strava_listed_pages (listing_id, number, activity_ids)
            select %(listing_id)s, coalesce(max(number), 0) + 1, %(activity_ids)s::bigint[]
            from raw.strava_listed_pages where listing_id = %(listing_id)s
        )
        update raw.strava_listings
        set next_after = %(next_after)s, next_before = %(next_before)s, next_page = %(next_page)s
        where listing_id = %(listing_id)s
        """,
        parameters,
    )


def find_missing_activities(
    listing: Listing, *, scopes: Sequence[str], conn: AnyConnection | None = None
) -> list[int]:
    """Return the stored activities of the listing's window that it did not list, newest first.

    Args:
        listing: one that has come to its end.
        scopes: activities that were last listed under another scope may just be invisible.
        conn: the caller's connection, to take part in its transaction.
    """
    parameters = {
        "listing_id": listing.listing_id,
        "after": listing.window_after,
        "before": listing.window_before,
        "begun_change_id": listing.begun_change_id,
        "scopes": list(scopes),
    }
    with transaction(conn) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query("find_missing_strava_activities"), parameters).fetchall()


def complete_listing(connection: AnyConnection, listing: Listing) -> None:
    """Record that a listing is complete, and tidy up: what it has seen is of no more use.

    Args:
        connection: in the transaction that stores the last of it.
        listing: which one.
    """
    connection.execute(
        "update raw.strava_listings set completed_at = now() where listing_id = %s", [listing.listing_id]
    )
    connection.execute("delete from raw.strava_listed_pages where listing_id = %s", [listing.listing_id])


def abandon_listings(kind: str, *, now: datetime, conn: AnyConnection | None = None) -> None:
    """Give up listings that nobody will go on with, and forget those of long ago.

    Args:
        kind: all open incremental ones are given up when it is `incremental`; others when they are old.
        now: by the clock of the machine that reads.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            """
            with abandoned as (
                update raw.strava_listings set abandoned_at = now()
                where completed_at is null and abandoned_at is null
                  and ((kind = 'incremental' and %(kind)s = 'incremental')
                       or begun_at < %(now)s - make_interval(days => %(open_for)s))
                returning listing_id
            )
            delete from raw.strava_listed_pages where listing_id in (select listing_id from abandoned)
            """,
            {"kind": kind, "now": now, "open_for": _OPEN_FOR_DAYS},
        )
        connection.execute(
            """
            delete from raw.strava_listings
            where begun_at < %s - make_interval(days => %s)
              and (completed_at is not null or abandoned_at is not null)
            """,
            [now, _KEPT_FOR_DAYS],
        )


def find_last_full_listing(*, conn: AnyConnection | None = None) -> datetime | None:
    """Return when the last full listing that was completed had begun, or None.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "select max(begun_at) from raw.strava_listings where kind = 'full' and completed_at is not null"
        ).fetchone()
