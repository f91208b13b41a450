"""The table `normalized.progress`: how far each stage has read the changes of the stage before it."""

from dataclasses import dataclass
from typing import Literal

from psycopg.rows import class_row

from fitness_pipeline.db.connection import AnyConnection, reading
from fitness_pipeline.db.queries import fetch_value

Stage = Literal["normalize", "merge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stage has come.

    Attributes:
        change_id: the last change that was read.
        rules: what the results rest on besides the rows.
    """

    change_id: int = 0
    rules: str = ""


def get_progress(stage: Stage, provider: str, *, conn: AnyConnection | None = None) -> Progress:
    """Return how far a stage has come with a provider; from the start when it never ran.

    Args:
        stage: `normalize` or `merge`.
        provider: such as `mmf`.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Progress)) as cursor:
        found = cursor.execute(
            "select change_id, rules from normalized.progress where stage = %s and provider = %s",
            [stage, provider],
        ).fetchone()
    return found or Progress()


def record_progress(connection: AnyConnection, stage: Stage, provider: str, progress: Progress) -> None:
    """Record how far a stage has come, in the transaction that brought it there.

    Args:
        connection: in a transaction that holds the turn of this stage.
        stage: `normalize` or `merge`.
        provider: such as `mmf`.
        progress: how far.
    """
    connection.execute(
        """
        insert into normalized.progress as known (stage, provider, change_id, rules) values (%s, %s, %s, %s)
        on conflict (stage, provider) do update
           set change_id = excluded.change_id, rules = excluded.rules
         where (known.change_id, known.rules) is distinct from (excluded.change_id, excluded.rules)
        """,
        [stage, provider, progress.change_id, progress.rules],
    )


def newest_raw_change(provider: str, *, conn: AnyConnection | None = None) -> int:
    """Return the newest change of a provider's raw rows that can lead to runs or lifts; 0 without any.

    Args:
        provider: `mmf`, `strava` or `hevy`.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = {
        "mmf": "select coalesce(max(change_id), 0) from raw.mmf_workouts",
        "strava": "select coalesce(max(change_id), 0) from raw.strava_activities",
        "hevy": "select coalesce(max(change_id), 0) from raw.hevy_workouts",
    }[provider]
    with reading(conn) as connection:
        return int(fetch_value(connection, statement))


def newest_normalized_change(provider: str, *, conn: AnyConnection | None = None) -> int:
    """Return the newest change of a provider's normalized runs; 0 without any.

    Args:
        provider: such as `mmf`.
        conn: the caller's connection, to take part in its transaction.
    """
    statement = "select coalesce(max(change_id), 0) from normalized.runs where provider = %s"
    with reading(conn) as connection:
        return int(fetch_value(connection, statement, [provider]))


def has_unmerged_runs(provider: str, *, conn: AnyConnection | None = None) -> bool:
    """Return whether normalized runs of a provider changed since they were last merged.

    Args:
        provider: such as `mmf`.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        merged = get_progress("merge", provider, conn=connection).change_id
        return newest_normalized_change(provider, conn=connection) > merged
