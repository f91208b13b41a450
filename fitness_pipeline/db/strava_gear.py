"""The table `raw.strava_gear`: the shoes and bikes that activities name, as Strava sent them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from psycopg import DataError
from psycopg.errors import StatementTooComplex
from psycopg.rows import class_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.errors import InvalidValue

Storing = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShoeGear:
    """A pair of shoes, as Strava has it.

    Attributes:
        first_name: what it was called first; it decides the shoe.
        is_retired: what Strava said last.
        fetched_at: when it came like this for the first time.
    """

    gear_id: str
    first_name: str
    is_retired: bool
    fetched_at: datetime


def get_gear_to_ask_for(
    now: datetime, *, asked_before: datetime | None, conn: AnyConnection | None = None
) -> list[str]:
    """Return the gear to ask for, in another order each day.

    If Strava stumbles over one of them, the same others do not wait for ever behind it.

    Args:
        now: gives the day.
        asked_before: gear that was asked for before then is asked for again; None asks only for gear that
            never was.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """
            select gear_id from raw.strava_gear
            where asked_at is null or asked_at < %(asked_before)s
            order by md5(gear_id || %(day)s), gear_id
            """,
            {"asked_before": asked_before, "day": f"{now:%Y-%m-%d}"},
        )
        return [row[0] for row in rows]


def store_gear(
    gear_id: str,
    payload: str,
    sha256: bytes,
    at: datetime,
    *,
    dagster_run_id: str | None,
    conn: AnyConnection | None = None,
) -> Storing:
    """Store gear as it came; if it came like this before, only that it was asked for.

    Args:
        gear_id: which.
        payload: the JSON as sent, an object with a name.
        sha256: of its bytes.
        at: when it came.
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: Postgres cannot hold it as JSON, such as with a NUL in a text.
    """
    parameters = {
        "gear_id": gear_id,
        "payload": payload,
        "sha256": sha256,
        "at": at,
        "dagster_run_id": dagster_run_id,
    }
    try:
        with transaction(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
            known = cursor.execute(
                "select sha256 from raw.strava_gear where gear_id = %s for update", [gear_id]
            ).fetchone()
            if known == (sha256,):
                cursor.execute(
                    """
                    update raw.strava_gear set asked_at = %(at)s, unreadable_reason = null
                    where gear_id = %(gear_id)s
                    """,
                    parameters,
                )
                return "unchanged"
            cursor.execute(
                """
                insert into raw.strava_gear as known
                       (gear_id, payload, sha256, first_name, asked_at, fetched_at, dagster_run_id)
                values (%(gear_id)s, %(payload)s::jsonb, %(sha256)s, %(payload)s::jsonb ->> 'name', %(at)s,
                        %(at)s, %(dagster_run_id)s)
                on conflict (gear_id) do update
                   set (payload, sha256, first_name, unreadable_reason, asked_at, fetched_at, dagster_run_id)
                     = (excluded.payload, excluded.sha256, coalesce(known.first_name, excluded.first_name),
                        null, excluded.asked_at, excluded.fetched_at, excluded.dagster_run_id)
                """,
                parameters,
            )
    except (DataError, StatementTooComplex) as error:
        raise InvalidValue(f"Postgres cannot hold what Strava sends of the gear {gear_id}.") from error
    return "new" if known in (None, (None,)) else "changed"


def record_unreadable_gear(
    gear_id: str, reason: str, at: datetime, *, conn: AnyConnection | None = None
) -> None:
    """Record that Strava was asked for gear in vain; what it sent before stays.

    Args:
        gear_id: which.
        reason: why, in a sentence.
        at: when.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        connection.execute(
            "update raw.strava_gear set unreadable_reason = %s, asked_at = %s where gear_id = %s",
            [reason, at, gear_id],
        )


def get_shoe_gear(*, conn: AnyConnection | None = None) -> list[ShoeGear]:
    """Return the shoes among the gear that Strava sent.

    Ids of shoes begin with a g, those of bikes with a b (Strava API).

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(ShoeGear)) as cursor:
        return cursor.execute(
            """
            select gear_id, first_name, coalesce(payload ->> 'retired' = 'true', false) as is_retired,
                   fetched_at
            from raw.strava_gear
            where gear_id like 'g%' and first_name is not null
            order by gear_id
            """
        ).fetchall()


def get_gear_names(*, conn: AnyConnection | None = None) -> dict[str, str]:
    """Return the first names of the shoes among the gear, by gear id.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    return {gear.gear_id: gear.first_name for gear in get_shoe_gear(conn=conn)}
