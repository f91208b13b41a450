"""Rows in `raw.strava_activities` and `raw.strava_gear`, as reading Strava leaves them there."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.strava_gear import store_gear

FETCHED = datetime(2026, 3, 10, 14, 7, 30, tzinfo=UTC)


def activity(id: int = 1, **fields: Any) -> dict[str, Any]:
    """An activity of five miles, as Strava lists it, but for what is given."""
    return {
        "id": id,
        "sport_type": "Run",
        "type": "Run",
        "start_date": "2026-03-01T13:57:49Z",
        "distance": 8046.72,
        "elapsed_time": 2700,
        "trainer": False,
        "gear_id": None,
        **fields,
    }


def put_activities(connection: AnyConnection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store activities as they come now; all of them in one change."""
    for_all = connection.execute("select nextval('raw.change_ids')").fetchone()
    assert for_all is not None
    values = [
        (row["id"], text := json.dumps(row), hashlib.sha256(text.encode()).digest(), row["start_date"])
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"""
            insert into raw.strava_activities (activity_id, payload, sha256, start_date, scope, change_id)
            values (%s, %s, %s, %s, 'activity:read_all', {int(for_all[0])})
            on conflict (activity_id) do update
               set (payload, sha256, start_date, change_id, upstream_deleted_at)
                 = (excluded.payload, excluded.sha256, excluded.start_date, excluded.change_id, null)
            """,  # noqa: S608 - a number
            values,
        )
        cursor.execute(
            """
            insert into raw.strava_gear (gear_id)
            select distinct gear_id from raw.strava_activities where gear_id is not null
            on conflict (gear_id) do nothing
            """
        )


def delete_activities(connection: AnyConnection, *ids: int) -> None:
    """Mark activities as not found any more."""
    connection.execute(
        """
        update raw.strava_activities set upstream_deleted_at = now(), change_id = nextval('raw.change_ids')
        where activity_id = any(%s)
        """,
        [list(ids)],
    )


def put_gear(
    connection: AnyConnection | None,
    id: str,
    name: str,
    *,
    is_retired: bool = False,
    at: datetime = FETCHED,
    **fields: Any,
) -> str:
    """Store gear as it comes now; return what became of it."""
    body = json.dumps({"id": id, "name": name, "retired": is_retired, **fields})
    return store_gear(
        id, body, hashlib.sha256(body.encode()).digest(), at, dagster_run_id=None, conn=connection
    )
