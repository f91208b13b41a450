"""The table `raw.hevy_exercise_templates`: the exercises that workouts name, as Hevy sent them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from psycopg import DataError
from psycopg.errors import StatementTooComplex
from psycopg.rows import scalar_row, tuple_row

from fitness_pipeline.db.connection import AnyConnection, reading, transaction
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.errors import InvalidValue

Storing = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingTemplate:
    """A template as it came.

    Attributes:
        payload: JSON text, the bytes as sent.
        sha256: of those bytes.
    """

    template_id: str
    payload: bytes = field(repr=False)
    sha256: bytes = field(repr=False)


def has_templates(*, conn: AnyConnection | None = None) -> bool:
    """Return whether any template was ever sent.

    Args:
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection:
        return bool(
            fetch_value(
                connection,
                "select exists (select from raw.hevy_exercise_templates where payload is not null)",
            )
        )


def get_templates_to_ask_for(
    now: datetime, *, asked_before: datetime | None, conn: AnyConnection | None = None
) -> list[str]:
    """Return the templates that workouts name and Hevy did not send yet, in another order each day.

    If Hevy stumbles over one of them, the same others do not wait for ever behind it.

    Args:
        now: gives the day.
        asked_before: those that were asked for in vain are asked for again if that was before then; None
            means whenever that was.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            """
            select template_id from raw.hevy_exercise_templates
            where payload is null
              and (asked_at is null or %(asked_before)s::timestamptz is null or asked_at < %(asked_before)s)
            order by md5(template_id || %(day)s), template_id
            """,
            {"asked_before": asked_before, "day": f"{now:%Y-%m-%d}"},
        ).fetchall()


def find_changed_templates(
    incoming: Sequence[IncomingTemplate], *, conn: AnyConnection | None = None
) -> set[str]:
    """Return the ids of those that are new or came differently than before.

    Args:
        incoming: templates, each once.
        conn: the caller's connection, to take part in its transaction.
    """
    with reading(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
        known: list[tuple[str, bytes]] = cursor.execute(
            """
            select template_id, sha256 from raw.hevy_exercise_templates
            where template_id = any(%s) and payload is not null and unreadable_reason is null
            """,
            [[template.template_id for template in incoming]],
        ).fetchall()
    digests = dict(known)
    return {
        template.template_id for template in incoming if digests.get(template.template_id) != template.sha256
    }


def store_template(
    template: IncomingTemplate,
    at: datetime,
    *,
    dagster_run_id: str | None,
    conn: AnyConnection | None = None,
) -> Storing:
    """Store a template as it came; if it said the same before, only that Hevy was asked.

    Args:
        template: as it came.
        at: when.
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, in a transaction that holds the turn of `hevy`.

    Raises:
        InvalidValue: Postgres cannot hold it as JSON, such as with a NUL in a text.
    """
    parameters = {
        "template_id": template.template_id,
        "payload": template.payload.decode("utf-8", "replace"),
        "sha256": template.sha256,
        "at": at,
        "dagster_run_id": dagster_run_id,
    }
    try:
        with transaction(conn) as connection, connection.cursor(row_factory=tuple_row) as cursor:
            known = cursor.execute(
                """
                select payload is null, payload = %(payload)s::jsonb
                from raw.hevy_exercise_templates where template_id = %(template_id)s for update
                """,
                parameters,
            ).fetchone()
            if known == (False, True):
                cursor.execute(
                    """
                    update raw.hevy_exercise_templates
                    set sha256 = %(sha256)s, asked_at = %(at)s, unreadable_reason = null
                    where template_id = %(template_id)s
                    """,
                    parameters,
                )
                return "unchanged"
            cursor.execute(
                """
                insert into raw.hevy_exercise_templates
                       (template_id, payload, sha256, asked_at, fetched_at, dagster_run_id, change_id)
                values (%(template_id)s, %(payload)s::jsonb, %(sha256)s, %(at)s, %(at)s, %(dagster_run_id)s,
                        nextval('raw.change_ids'))
                on conflict (template_id) do update
                   set (payload, sha256, unreadable_reason, asked_at, fetched_at, dagster_run_id, change_id)
                     = (excluded.payload, excluded.sha256, null, excluded.asked_at, excluded.fetched_at,
                        excluded.dagster_run_id, excluded.change_id)
                """,
                parameters,
            )
    except (DataError, StatementTooComplex) as error:
        raise InvalidValue(
            f"Postgres cannot hold what Hevy sends of the template {template.template_id}. Correct it in "
            "Hevy, if it is yours."
        ) from error
    return "changed" if known is not None and not known[0] else "new"


def record_unreadable_template(
    template_id: str, reason: str, at: datetime, *, conn: AnyConnection | None = None
) -> None:
    """Record that Hevy was asked for a template in vain; what it sent before stays.

    Args:
        template_id: which.
        reason: why, in a sentence.
        at: when.
        conn: the caller's connection, in a transaction that holds the turn of `hevy`.
    """
    with transaction(conn) as connection:
        connection.execute(
            """
            insert into raw.hevy_exercise_templates (template_id, unreadable_reason, asked_at, change_id)
            values (%s, %s, %s, nextval('raw.change_ids'))
            on conflict (template_id) do update
               set (unreadable_reason, asked_at) = (excluded.unreadable_reason, excluded.asked_at)
            """,
            [template_id, reason, at],
        )
