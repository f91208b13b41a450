"""From `raw.mmf_workouts` to `normalized.runs`."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.mmf_workouts import changed_workouts
from fitness_pipeline.db.normalized_runs import NormalizedCounts, NormalizedRunsWriter
from fitness_pipeline.db.progress import (
    Progress,
    get_progress,
    has_unmerged_runs,
    newest_raw_change,
    record_progress,
)
from fitness_pipeline.db.shoe_aliases import get_shoe_aliases
from fitness_pipeline.normalize.mapmyfitness.workouts import RULES_VERSION, normalize_workouts

PROVIDER = "mmf"


def normalize_mapmyfitness(
    *,
    default_time_zone: str,
    today: date,
    dagster_run_id: str | None = None,
    conn: AnyConnection | None = None,
) -> NormalizedCounts:
    """Normalize the raw rows that changed; all of them when the rules, the zone or the aliases changed.

    Args:
        default_time_zone: the IANA zone of rows that came without one of their own.
        today: later days (but tomorrow) are not believed.
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What became of the rows.
    """
    with transaction(conn) as connection:
        take_turn(connection, PROVIDER)
        aliases = {alias.spelling_id: alias.shoe_name for alias in get_shoe_aliases(conn=connection)}
        rules = _rules(default_time_zone, aliases)
        progress = get_progress("normalize", PROVIDER, conn=connection)
        since = progress.change_id if progress.rules == rules else 0
        newest = newest_raw_change(PROVIDER, conn=connection)
        if newest == since:
            record_progress(connection, "normalize", PROVIDER, Progress(change_id=newest, rules=rules))
            return NormalizedCounts()
        writer = NormalizedRunsWriter(connection, PROVIDER, dagster_run_id)
        for rows in changed_workouts(connection, since):
            normalized = normalize_workouts(
                rows, default_time_zone=default_time_zone, shoe_aliases=aliases, today=today
            )
            writer.write(normalized.runs, normalized.others, normalized.rejects)
        record_progress(connection, "normalize", PROVIDER, Progress(change_id=newest, rules=rules))
    return writer.counts


def is_mapmyfitness_behind(*, default_time_zone: str, conn: AnyConnection | None = None) -> bool:
    """Return whether raw rows, rules, zone or aliases changed since the runs were made from them.

    Args:
        default_time_zone: as for `normalize_mapmyfitness`.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        newest = newest_raw_change(PROVIDER, conn=connection)
        if newest == 0:
            return False
        aliases = {alias.spelling_id: alias.shoe_name for alias in get_shoe_aliases(conn=connection)}
        expected = Progress(change_id=newest, rules=_rules(default_time_zone, aliases))
        if get_progress("normalize", PROVIDER, conn=connection) != expected:
            return True
        return has_unmerged_runs(PROVIDER, conn=connection)


def _rules(default_time_zone: str, aliases: Mapping[str, str]) -> str:
    facts = json.dumps([RULES_VERSION, default_time_zone, sorted(aliases.items())])
    return hashlib.sha256(facts.encode()).hexdigest()[:16]
