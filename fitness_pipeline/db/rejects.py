"""The table `raw.rejects`: rows that could not be understood, kept with the reason."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import InvalidValue

# A malformed row has no key of its own; its text is what makes it the same row when it comes again.
_MALFORMED = "text "


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A rejected row.

    Attributes:
        reject_id: its number.
        file_name: the file that it stands in, or None for a row that came through an API.
        row_number: its row there, as a spreadsheet counts (the header is row 1).
        reason: a sentence.
        payload: the row as it came.
    """

    reject_id: int
    provider: str
    raw_key: str
    file_id: int | None
    file_name: str | None
    row_number: int | None
    reason: str
    payload: dict[str, Any]
    rejected_at: datetime

    @property
    def is_malformed(self) -> bool:
        """Whether it could not even be told into cells."""
        return self.raw_key.startswith(_MALFORMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReject:
    """A row to reject.

    Attributes:
        raw_key: what makes it the same row when it comes again.
        row_number: as a spreadsheet counts.
    """

    raw_key: str
    file_id: int | None
    row_number: int | None
    reason: str
    payload: dict[str, Any]


def malformed_row(
    text: str, *, file_id: int, row_number: int, reason: str, cells: Mapping[str, Any] | None = None
) -> NewReject:
    """Return the reject of a row that could not be told into cells.

    Args:
        text: the row as it stands in the file.
        file_id: the file.
        row_number: as a spreadsheet counts.
        reason: a sentence.
        cells: `whole_cells` and `begun_cells` (column name to text) of a row that may be cut off, by which
            it is known when it comes whole.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return NewReject(
        raw_key=f"{_MALFORMED}{digest}",
        file_id=file_id,
        row_number=row_number,
        reason=reason,
        payload={"text": text, **(cells or {})},
    )


def keep_rejects(
    connection: AnyConnection,
    rejects: Sequence[NewReject],
    *,
    provider: str,
    stage: Literal["extract", "normalize"],
    dagster_run_id: str | None,
) -> None:
    """Keep rows that cannot be understood; one that comes again tells its newest place.

    One that was dismissed stays so, unless it says something else now.

    Args:
        connection: in a transaction.
        rejects: the rows.
        provider: whose rows.
        stage: where they failed.
        dagster_run_id: the Dagster run at work.
    """
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into raw.rejects as known
                   (provider, stage, raw_key, file_id, row_number, reason, payload, dagster_run_id)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (provider, stage, raw_key) do update
               set (file_id, row_number, reason, payload, rejected_at, dagster_run_id, resolved_at)
                 = (excluded.file_id, excluded.row_number, excluded.reason, excluded.payload, now(),
                    excluded.dagster_run_id, null)
             where (known.file_id, known.row_number, known.reason, known.payload, known.resolved_at)
                   is distinct from
                   (excluded.file_id, excluded.row_number, excluded.reason, excluded.payload, null)
            """,
            [
                (
                    provider,
                    stage,
                    reject.raw_key,
                    reject.file_id,
                    reject.row_number,
                    reject.reason,
                    Jsonb(reject.payload),
                    dagster_run_id,
                )
                for reject in rejects
            ],
        )


def resolve_rejects_by_key(connection: AnyConnection, provider: str, raw_keys: Sequence[str]) -> None:
    """Close rejects whose row came again and could be stored.

    Args:
        connection: in a transaction.
        provider: whose rows.
        raw_keys: what makes each of them the same row.
    """
    connection.execute(
        """
        update raw.rejects set resolved_at = now()
        where provider = %s and stage = 'extract' and resolved_at is null and raw_key = any(%s)
        """,
        [provider, list(raw_keys)],
    )


def get_open_rejects(
    provider: str | None = None, limit: int | None = None, *, conn: AnyConnection | None = None
) -> list[Reject]:
    """Return the rejects that nothing has resolved and nobody dismissed, newest file first.

    Args:
        provider: only this one's; None means all.
        limit: at most so many; None returns all.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Reject)) as cursor:
        return cursor.execute(
            """
            select reject_id, rejects.provider, raw_key, file_id, name as file_name, row_number, reason,
                   payload, rejected_at
            from raw.rejects
            left join raw.ingested_files using (file_id)
            where resolved_at is null and dismissed_at is null
              and (%(provider)s::text is null or rejects.provider = %(provider)s)
            order by file_id desc nulls last, row_number, reject_id
            limit %(limit)s
            """,
            {"provider": provider, "limit": limit},
        ).fetchall()


def count_open_rejects(*, conn: AnyConnection | None = None) -> int:
    """Return how many rejects are open.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    statement = "select count(*) from raw.rejects where resolved_at is null and dismissed_at is null"
    with reading(conn) as connection:
        return int(fetch_value(connection, statement))


def get_rejects_of_files(file_ids: Sequence[int], *, conn: AnyConnection | None = None) -> list[Reject]:
    """Return the open rejects that stand in some files, each with its place there.

    Args:
        file_ids: the files, whichever brought the rows first.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=class_row(Reject)) as cursor:
        return cursor.execute(
            """
            select reject_id, reject.provider, reject.raw_key, place.file_id, file.name as file_name,
                   place.row_number, reason, payload, rejected_at
            from raw.rejected_rows as place
            join raw.ingested_files as file using (file_id)
            join raw.rejects as reject
              on (reject.provider, reject.stage, reject.raw_key)
               = (file.provider, place.stage, place.raw_key)
            where resolved_at is null and dismissed_at is null and place.file_id = any(%s)
            order by place.file_id, place.row_number
            """,
            [list(file_ids)],
        ).fetchall()


def dismiss_reject(reject_id: int, by: str, *, conn: AnyConnection | None = None) -> None:
    """Say that a rejected row need not be told of any more; it is kept, with when that was said and by whom.

    The very same row does not come back; one of its workout that says something else does.

    Args:
        reject_id: its number.
        by: who says so.
        conn: the caller's connection, to take part in its transaction.

    Raises:
        InvalidValue: no open reject has this number.
    """
    with transaction(conn) as connection:
        dismissed = connection.execute(
            """
            update raw.rejects set dismissed_at = now(), dismissed_by = %s
            where reject_id = %s and resolved_at is null and dismissed_at is null
            """,
            [by, reject_id],
        ).rowcount
    if not dismissed:
        raise InvalidValue(f"{reject_id} is no rejected row. `fitness-pipeline rejects` lists them.")
