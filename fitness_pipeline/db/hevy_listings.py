"""The table `raw.hevy_listings`: how far each listing of all workouts has come, so that it can go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row, scalar_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.queries import fetch_value, query

# Nobody goes on with an older one: too much has changed since.
_OPEN_FOR_DAYS = 3
_KEPT_FOR_DAYS = 90

_COLUMNS = "listing_id, begun_at, begun_change_id, next_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listing under way.

    Attributes:
        begun_at: by the clock of the machine that reads.
        begun_change_id: the newest change of the workouts at that time.
        next_page: what to ask for next.
    """

    listing_id: int
    begun_at: datetime
    begun_change_id: int
    next_page: int


def find_open_listing(*, conn: AnyConnection | None = None) -> Listing | None:
    """Return a listing to go on with.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        select {_COLUMNS} from raw.hevy_listings
        where completed_at is null and abandoned_at is null
        order by listing_id desc
        limit 1
    """  # noqa: S608 - the columns are a constant
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Listing)) as cursor:
        return cursor.execute(statement).fetchone()


def is_last_listing_unfinished(*, conn: AnyConnection | None = None) -> bool:
    """Return whether the listing that was begun last never came to its end, so that something may be missing.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        return bool(
            fetch_value(
                connection,
                """
                select exists (
                    select from raw.hevy_listings
                    where listing_id = (select max(listing_id) from raw.hevy_listings)
                      and completed_at is null
                )
                """,
            )
        )


def begin_listing(
    begun_at: datetime, *, dagster_run_id: str | None, conn: AnyConnection | None = None
) -> Listing:
    """Begin a listing.

    Args:
        begun_at: the time.
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = f"""
        insert into raw.hevy_listings (begun_at, begun_change_id, dagster_run_id)
        select %s, coalesce((select max(change_id) from raw.hevy_workouts), 0), %s
        returning {_COLUMNS}
    """  # noqa: S608 - the columns are a constant
    with transaction(conn) as connection, connection.cursor(row_factory=class_row(Listing)) as cursor:
        (begun,) = cursor.execute(statement, [begun_at, dagster_run_id]).fetchall()
    return begun


def record_listed_page(
    connection: AnyConnection,
    listing: Listing,
    number: int,
    workout_ids: Sequence[str],
    reject_keys: Sequence[str],
) -> None:
    """Record what a page held, and that the one after it comes next.

    Args:
        connection: in the transaction that stores its workouts.
        listing: which one.
        number: of the page.
        workout_ids: of the page.
        reject_keys: of the rows of the page that could not be stored.
    """
    connection.execute(
        """
        insert into raw.hevy_listed_pages (listing_id, number, workout_ids, reject_keys)
        values (%s, %s, %s, %s)
        """,
        [listing.listing_id, number, list(workout_ids), list(reject_keys)],
    )
    connection.execute(
        "update raw.hevy_listings set next_page = %s where listing_id = %s", [number + 1, listing.listing_id]
    )


def find_missing_workouts(listing: Listing, *, conn: AnyConnection | None = None) -> list[str]:
    """Return the stored workouts that a listing did not list, those that were changed last first.

    Args:
        listing: one that has come to its end.
        conn: the caller's connection, to take part in its transaction.
    """
    parameters = {"listing_id": listing.listing_id, "begun_change_id": listing.begun_change_id}
    with reading(conn) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query("find_missing_hevy_workouts"), parameters).fetchall()


def end_listing(connection: AnyConnection, listing: Listing, *, is_complete: bool) -> None:
    """Record that nobody is to go on with a listing, and tidy up: what it has seen is of no more use.

    Args:
        connection: in the transaction that stores the last of it.
        listing: which one.
        is_complete: whether it has seen everything; otherwise another one is needed.
    """
    connection.execute(
        """
        update raw.hevy_listings
        set completed_at = case when %(is_complete)s then now() end,
            abandoned_at = case when not %(is_complete)s then now() end
        where listing_id = %(listing_id)s
        """,
        {"listing_id": listing.listing_id, "is_complete": is_complete},
    )
    connection.execute("delete from raw.hevy_listed_pages where listing_id = %s", [listing.listing_id])


def abandon_old_listings(now: datetime, *, conn: AnyConnection | None = None) -> None:
    """Give up listings that nobody will go on with, and forget those of long ago.

    Args:
        now: by the clock of the machine that reads.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            """
            with abandoned as (
                update raw.hevy_listings set abandoned_at = now()
                where completed_at is null and abandoned_at is null
                  and begun_at < %s - make_interval(days => %s)
                returning listing_id
            )
            delete from raw.hevy_listed_pages where listing_id in (select listing_id from abandoned)
            """,
            [now, _OPEN_FOR_DAYS],
        )
        connection.execute(
            """
            delete from raw.hevy_listings
            where begun_at < %s - make_interval(days => %s)
              and (completed_at is not null or abandoned_at is not null)
            """,
            [now, _KEPT_FOR_DAYS],
        )
