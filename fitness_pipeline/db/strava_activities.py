"""The table `raw.strava_activities`: the newest row of each activity, as Strava sent it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from psycopg import DataError, sql
from psycopg.rows import tuple_row

from fitness_pipeline.db.arrays import bigints
from fitness_pipeline.db.bulk import copied_frames
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.queries import fetch_value, query

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingActivities:
    """Activities as they came, in parallel lists.

    Attributes:
        start_dates: instants.
        payloads: JSON text, the bytes as sent.
        digests: SHA-256 of those bytes.
    """

    activity_ids: Sequence[int]
    start_dates: Sequence[datetime]
    payloads: Sequence[bytes]
    digests: Sequence[bytes]

    def at(self, positions: Sequence[int]) -> "IncomingActivities":
        """Return those at some positions."""
        return IncomingActivities(
            activity_ids=[self.activity_ids[position] for position in positions],
            start_dates=[self.start_dates[position] for position in positions],
            payloads=[self.payloads[position] for position in positions],
            digests=[self.digests[position] for position in positions],
        )


@dataclass(slots=True, kw_only=True)
class StoredCounts:
    """What became of activities that came.

    Attributes:
        changed: those that were found deleted before and are back are among them.
        refused: positions of those that Postgres cannot hold as JSON, such as with a NUL in a name.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[int] = field(default_factory=list)


def store_activities(
    connection: AnyConnection, incoming: IncomingActivities, *, scope: str, dagster_run_id: str | None
) -> StoredCounts:
    """Store what is new or differs; nothing else is written.

    Args:
        connection: in a transaction that holds the turn of `strava`.
        incoming: activities, each once.
        scope: what the token that listed them can see.
        dagster_run_id: the Dagster run at work.
    """
    parameters: dict[str, Any] = {"scope": scope, "dagster_run_id": dagster_run_id}
    keys = {"activity_ids": bigints(incoming.activity_ids), "digests": b"".join(incoming.digests)}
    with connection.cursor(row_factory=tuple_row) as cursor:
        statement = query("find_changed_strava_activities")
        differing = cursor.execute(statement, {**parameters, **keys}).fetchall()
    counts = StoredCounts(unchanged=len(incoming.activity_ids))
    to_store = {position: what for position, what in differing if what != "scope"}
    if to_store:
        parameters["change_id"] = fetch_value(connection, "select nextval('raw.change_ids')")
        counts.refused = _store(connection, incoming, list(to_store), parameters)
    for position in to_store.keys() - counts.refused:
        counts.new += to_store[position] == "new"
        counts.changed += to_store[position] != "new"
    counts.unchanged -= len(to_store)
    if relisted := [incoming.activity_ids[position] for position, what in differing if what == "scope"]:
        connection.execute(
            "update raw.strava_activities set scope = %s where activity_id = any(%s)", [scope, relisted]
        )
    return counts


def mark_deleted(connection: AnyConnection, activity_ids: Sequence[int]) -> int:
    """Mark activities as gone upstream; return how many were not yet.

    Args:
        connection: in a transaction that holds the turn of `strava`.
        activity_ids: which.
    """
    return connection.execute(
        """
        update raw.strava_activities
        set upstream_deleted_at = now(), change_id = nextval('raw.change_ids')
        where activity_id = any(%s) and upstream_deleted_at is null
        """,
        [list(activity_ids)],
    ).rowcount


def find_stored_athlete(connection: AnyConnection) -> int | None:
    """Return whose activities are stored, as Strava numbers athletes; None when no row tells.

    Args:
        connection: to read from.
    """
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """
            select (payload #>> '{athlete,id}')::bigint
            from raw.strava_activities
            where payload is not null and payload #>> '{athlete,id}' ~ '^[0-9]{1,18}$'
            order by fetched_at desc
            limit 1
            """
        ).fetchone()
    return row[0] if row else None


def _store(
    connection: AnyConnection,
    incoming: IncomingActivities,
    positions: list[int],
    parameters: dict[str, Any],
) -> list[int]:
    """Store the activities at some positions; return the positions of those that cannot be held."""
    chosen = incoming.at(positions)
    values = {
        "activity_ids": chosen.activity_ids,
        "payloads": [payload.decode("utf-8", "replace") for payload in chosen.payloads],
        "digests": chosen.digests,
        "start_dates": chosen.start_dates,
    }
    try:
        with connection.transaction():
            connection.execute(query("store_strava_activities"), {**parameters, **values})
    except DataError:
        if len(positions) == 1:
            return positions
        return [
            refused
            for position in positions
            for refused in _store(connection, incoming, [position], parameters)
        ]
    return []


def changed_activities(connection: AnyConnection, since: int) -> "Iterator[pl.DataFrame]":
    """Read what normalizing needs of the activities that changed since a change id.

    Args:
        connection: in a transaction.
        since: the last change id that was read; 0 reads all rows.

    Yields:
        Frames of run_id (`strava_...`), start_date (text, ISO 8601 in UTC: `2026-11-15 13:57:49+00`),
        sport_type, trainer, distance (metres), elapsed_time (seconds), average_heartrate and gear_id (text as
        in JSON, null where it is absent or null), and is_deleted (text, `t` or `f`). Emptied rows are not in
        it unless they are deleted.
    """
    import polars as pl  # here, so that loading the definitions stays fast

    columns = (
        "run_id",
        "start_date",
        "sport_type",
        "trainer",
        "distance",
        "elapsed_time",
        "average_heartrate",
        "gear_id",
        "is_deleted",
    )
    select = sql.SQL(
        """
        select 'strava_' || activity_id, start_date, sport_type, trainer, distance, elapsed_time,
               average_heartrate, gear_id, upstream_deleted_at is not null
        from raw.strava_activities
        where change_id > {} and (payload is not null or upstream_deleted_at is not null)
        """
    ).format(sql.Literal(since))
    return copied_frames(connection, select, dict.fromkeys(columns, pl.String))
