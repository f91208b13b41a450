"""What somebody can change by hand in the tables, and what has to be as before once it was put right."""

from typing import Any

from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection

# Each changes one run or normalized row behind the pipeline's back; of the normalized ones only those
# whose raw row tells something, for others cannot be mended.
DAMAGES = {
    "a value of a run": "update runs set distance = 77, avg_heart_rate = 77 where id = any(%(ids)s)",
    "the shoe of a run": "update runs set shoe_id = 'd' where id = any(%(ids)s)",
    "the source of a run": """
        update runs set source = case source when 'Strava' then 'MapMyFitness' else 'Strava' end
        where id = any(%(ids)s)
    """,
    "whether a run is deleted": """
        update runs set deleted_at = case when deleted_at is null then now() end where id = any(%(ids)s)
    """,
    "the version of a run": "update runs set version = version + 3 where id = any(%(ids)s)",
    "who edited a run": """
        update runs set last_edited_by = 'Mallory', last_edited_at = null where id = any(%(ids)s)
    """,
    "a value of a normalized run": """
        update normalized.runs set distance = 77, shoe_name = 'D', shoe_id = 'd'
        where run_id = any(%(ids)s) and withdrawn_reason is null and run_id in (select run_id from sound)
    """,
    "whether a normalized run is withdrawn": """
        update normalized.runs
        set withdrawn_reason = case when withdrawn_reason is null then 'Somebody said so' end
        where run_id = any(%(ids)s) and run_id in (select run_id from sound)
    """,
    "that a normalized run is pending withdrawal": """
        update normalized.runs set withdrawn_reason = 'Somebody said so', is_withdrawal_pending = true
        where run_id = any(%(ids)s) and withdrawn_reason is null and run_id in (select run_id from sound)
    """,
    "that a normalized run is there": """
        delete from normalized.runs
        where run_id = any(%(ids)s) and withdrawn_reason is null and run_id in (select run_id from sound)
    """,
    "that a run is there": """
        delete from runs
        where id = any(%(ids)s) and deleted_at is null
          and id in (select run_id from sound)
          and exists (select from normalized.runs where run_id = id and withdrawn_reason is null)
          and not exists (select from normalized.conflicts where run_id = id)
          and not exists (select from runs_history
                          where run_id = id and changed_by not in ('system', 'mmf', 'strava'))
    """,
}
SOUND = """
    with sound as (
        select run_id from normalized.runs
        where not exists (select from raw.rejects where raw_key = run_id and resolved_at is null)
          and not exists (select from raw.strava_activities
                          where 'strava_' || activity_id = run_id and payload is null)
    )
"""


def do_damage(connection: AnyConnection, damage: str, *ids: str) -> set[str]:
    """Do one of the damages to some runs; return those that it was possible with."""
    key = "run_id" if "normalized" in damage else "id"
    rows = connection.execute(f"{SOUND} {DAMAGES[damage]} returning {key}".encode(), {"ids": list(ids)})
    return {row[0] for row in rows}


def state_of(connection: AnyConnection) -> list[Any]:
    """What putting damage right may not change: everything but versions and when something was written."""
    runs = connection.execute(
        """
        select id, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id, deleted_at,
               last_edited_at, last_edited_by
        from runs order by id
        """
    ).fetchall()
    normalized = connection.execute(
        """
        select run_id, provider, datetime_utc, type, distance, duration, source, avg_heart_rate, shoe_id,
               shoe_name, is_day_precision, withdrawn_reason is null
        from normalized.runs order by run_id
        """
    ).fetchall()
    conflicts = [
        (found.run_id, found.field, found.upstream_value, found.current_value)
        for found in get_open_conflicts(conn=connection)
    ]
    return [runs, normalized, sorted(conflicts, key=str)]
