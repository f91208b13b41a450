"""From a provider's raw rows to `normalized.runs`."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, Self

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
from fitness_pipeline.db.strava_activities import changed_activities
from fitness_pipeline.db.strava_gear import get_gear_names
from fitness_pipeline.normalize.batch import NormalizedBatch
from fitness_pipeline.normalize.mapmyfitness import workouts
from fitness_pipeline.normalize.strava import activities
from fitness_pipeline.settings import Settings

PROVIDERS = ("mmf", "strava")


def normalize(
    provider: str,
    settings: Settings,
    *,
    today: date,
    dagster_run_id: str | None = None,
    conn: AnyConnection | None = None,
) -> NormalizedCounts:
    """Normalize a provider's raw rows that changed; all of them when what they are read by changed.

    Args:
        provider: whose rows, `mmf` or `strava`.
        settings: the time zone of days that came without one.
        today: in UTC; runs of later days (but tomorrow) are not believed.
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What became of the rows.
    """
    with transaction(conn) as connection:
        take_turn(connection, provider)
        rules = _rules(connection, provider, settings)
        progress = get_progress("normalize", provider, conn=connection)
        since = progress.change_id if progress.rules == rules.digest else 0
        newest = newest_raw_change(provider, conn=connection)
        counts = NormalizedCounts()
        if newest != since:
            writer = NormalizedRunsWriter(connection, provider, dagster_run_id)
            for batch in rules.batches(connection, since, today):
                writer.write(batch.runs, batch.others, batch.withdrawn, batch.rejects)
            counts = writer.counts
        done = Progress(change_id=newest, rules=rules.digest)
        record_progress(connection, "normalize", provider, done)
    return counts


def is_behind(provider: str, settings: Settings, *, conn: AnyConnection | None = None) -> bool:
    """Return whether raw rows, or what they are read by, changed since the runs were made from them.

    Args:
        provider: whose rows, `mmf` or `strava`.
        settings: as for `normalize`.
        conn: the caller's connection, to take part in its transaction.
    """
    with transaction(conn) as connection:
        newest = newest_raw_change(provider, conn=connection)
        if newest == 0:
            return False
        expected = Progress(change_id=newest, rules=_rules(connection, provider, settings).digest)
        if get_progress("normalize", provider, conn=connection) != expected:
            return True
        return has_unmerged_runs(provider, conn=connection)


def normalized_batches(
    connection: AnyConnection, provider: str, settings: Settings, *, since: int, today: date
) -> Iterator[NormalizedBatch]:
    """Normalize the raw rows that changed since a change id, and write nothing.

    Args:
        connection: in a transaction.
        provider: whose rows, `mmf` or `strava`.
        settings: as for `normalize`.
        since: the last change id that was read; 0 reads all rows.
        today: as for `normalize`.

    Yields:
        Batches of bounded size.
    """
    return _rules(connection, provider, settings).batches(connection, since, today)


class _Rules(Protocol):
    """What a provider's raw rows are read by, as it is now."""

    @property
    def digest(self) -> str:
        """Tells one state of the rules from another."""

    def batches(self, connection: AnyConnection, since: int, today: date) -> Iterator[NormalizedBatch]:
        """Yield what the rows that changed since a change id mean."""


@dataclass(frozen=True, slots=True)
class _MapMyFitnessRules:
    time_zone: str
    aliases: Mapping[str, str]

    @classmethod
    def now(cls, connection: AnyConnection, settings: Settings) -> Self:
        return cls(settings.mmf_timezone, _aliases(connection))

    @property
    def digest(self) -> str:
        return _digest(workouts.RULES_VERSION, self.time_zone, sorted(self.aliases.items()))

    def batches(self, connection: AnyConnection, since: int, today: date) -> Iterator[NormalizedBatch]:
        for rows in changed_workouts(connection, since):
            yield workouts.normalize_workouts(
                rows, default_time_zone=self.time_zone, shoe_aliases=self.aliases, today=today
            )


@dataclass(frozen=True, slots=True)
class _StravaRules:
    gear_names: Mapping[str, str]
    aliases: Mapping[str, str]

    @classmethod
    def now(cls, connection: AnyConnection, _: Settings) -> Self:
        return cls(get_gear_names(conn=connection), _aliases(connection))

    @property
    def digest(self) -> str:
        return _digest(
            activities.RULES_VERSION, sorted(self.gear_names.items()), sorted(self.aliases.items())
        )

    def batches(self, connection: AnyConnection, since: int, today: date) -> Iterator[NormalizedBatch]:
        for rows in changed_activities(connection, since):
            yield activities.normalize_activities(
                rows, gear_names=self.gear_names, shoe_aliases=self.aliases, today=today
            )


_RULES_NOW: dict[str, Callable[[AnyConnection, Settings], _Rules]] = {
    "mmf": _MapMyFitnessRules.now,
    "strava": _StravaRules.now,
}


def _rules(connection: AnyConnection, provider: str, settings: Settings) -> _Rules:
    return _RULES_NOW[provider](connection, settings)


def _aliases(connection: AnyConnection) -> dict[str, str]:
    return {alias.spelling_id: alias.shoe_name for alias in get_shoe_aliases(conn=connection)}


def _digest(*facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
