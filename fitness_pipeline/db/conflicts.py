"""The table `normalized.conflicts`: fields that both the runner and a provider changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import sql
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.queries import composed
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.errors import ConflictNotFound, InvalidValue, ShoeNotFound

Settlement = Literal["keep", "take"]

PROVIDER_NAMES = {"mmf": "MapMyFitness", "strava": "Strava"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """An open conflict: the runner's value stands, the provider's waits.

    Attributes:
        conflict_id: its number.
        datetime_utc: when the run starts, as it is now.
        field: a field of runs, such as `distance`.
        provider: such as `strava`.
        base_value: what both had before, as JSON has it.
        upstream_value: what the provider says now.
        current_value: what the run has now.
        detected_at: when a merge met it last.
    """

    conflict_id: int
    run_id: str
    datetime_utc: datetime
    field: str
    provider: str
    base_value: Any
    upstream_value: Any
    current_value: Any
    detected_at: datetime

    @property
    def provider_name(self) -> str:
        """The provider as people call it."""
        return PROVIDER_NAMES.get(self.provider, self.provider)


def get_open_conflicts(*, conn: AnyConnection | None = None) -> list[Conflict]:
    """Return the conflicts that are not settled, newest first.

    The values are those of now. A conflict in which provider and runner have come to agree is left out, and
    so is that of a deleted run: it is there again should the run be restored.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    statement = composed("open_conflicts", condition=sql.SQL("not is_over"))
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Conflict)) as cursor:
        return cursor.execute(statement).fetchall()


def count_open_conflicts(*, conn: AnyConnection | None = None) -> int:
    """Return how many conflicts `get_open_conflicts` returns.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    conflicts = composed("open_conflicts", condition=sql.SQL("not is_over"))
    statement = sql.SQL("select count(*) from ({}) as open_conflicts").format(conflicts)
    with reading(conn) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        (count,) = cursor.execute(statement).fetchall()
    return int(count)


def settle_conflict(
    conflict_id: int,
    settlement: Settlement,
    settled_by: str,
    *,
    conn: AnyConnection | None = None,
) -> Conflict:
    """Settle a conflict: the runner's value stays, or the run takes the provider's.

    Taking is an edit by `settled_by`, with a version of its own. What counts is what the provider says now,
    should that be something else than when the conflict was found. Whatever changes the run or its conflicts
    meanwhile comes before or after, never in between.

    Args:
        conflict_id: the conflict's number.
        settlement: `keep` the runner's value, or `take` the provider's.
        settled_by: which person decides.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        The conflict as it was settled.

    Raises:
        ConflictNotFound: there is no such conflict, or it is settled already.
        RunNotFound: the provider's value is to be taken by a run that is deleted.
        InvalidValue, ShoeNotFound: the provider's value cannot be taken, as when its shoe is deleted.
    """
    with transaction(conn) as connection:
        conflict = _locked(connection, conflict_id)
        if settlement == "take":
            _take(connection, conflict, settled_by)
        connection.execute(
            """
            update normalized.conflicts
            set settled_at = now(), settlement = %(settlement)s,
                upstream_value = %(upstream_value)s, current_value = %(current_value)s
            where conflict_id = %(conflict_id)s
            """,
            {
                "conflict_id": conflict_id,
                "settlement": settlement,
                "upstream_value": Jsonb(conflict.upstream_value),
                "current_value": Jsonb(conflict.current_value),
            },
        )
    return conflict


def _locked(connection: AnyConnection, conflict_id: int) -> Conflict:
    """Return an unsettled conflict with its run and itself locked, in the order in which a merge does it."""
    connection.execute(
        """
        select from runs
        where id = (select run_id from normalized.conflicts where conflict_id = %s) for no key update
        """,
        [conflict_id],
    )
    connection.execute("select from normalized.conflicts where conflict_id = %s for update", [conflict_id])
    statement = composed(
        "open_conflicts", condition=sql.SQL("conflict_id = {}").format(sql.Literal(conflict_id))
    )
    # A statement after those that locked: one that had to wait does not see what it waited for.
    with connection.cursor(row_factory=class_row(Conflict)) as cursor:
        conflict = cursor.execute(statement).fetchone()
    if conflict is None:
        raise ConflictNotFound(
            f"There is no open conflict {conflict_id}. `fitness-pipeline conflicts` lists those there are."
        )
    return conflict


def _take(connection: AnyConnection, conflict: Conflict, taken_by: str) -> None:
    """Give the run the provider's value as an edit."""
    # in the type that the field has, which JSON does not tell
    statement = sql.SQL("select (jsonb_populate_record(null::normalized.run_values, %s)).{}").format(
        sql.Identifier(conflict.field)
    )
    with connection.cursor(row_factory=scalar_row) as cursor:
        (value,) = cursor.execute(statement, [Jsonb({conflict.field: conflict.upstream_value})]).fetchall()
    reason = f"Took {conflict.provider_name}'s value"
    try:
        update_run_with_history(conflict.run_id, {conflict.field: value}, taken_by, reason, conn=connection)
    except (InvalidValue, ShoeNotFound) as error:
        raise type(error)(
            f"{conflict.provider_name}'s value cannot be taken. {error} To keep yours: "
            f"`fitness-pipeline conflicts keep {conflict.conflict_id}`."
        ) from error
