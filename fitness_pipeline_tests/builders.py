"""Short ways to what many tests need: runs, exports, upstream states, rivals, what was written where."""

import csv
import itertools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from psycopg import sql

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline.db.normalized_runs import NormalizedCounts, NormalizedRunsWriter
from fitness_pipeline.db.queries import fetch_value
from fitness_pipeline.db.runs import bulk_create_runs, get_run_by_id
from fitness_pipeline.db.runs_history import get_run_history
from fitness_pipeline.models import NewRun, Run, RunVersion
from fitness_pipeline.providers.mapmyfitness.columns import COLUMNS
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.ingest_mapmyfitness import IngestedExport, ingest_export
from fitness_pipeline.steps.normalize import normalize

Result = TypeVar("Result")

TODAY = date(2025, 11, 1)
CHICAGO = "America/Chicago"
MORNING = datetime(2025, 5, 6, 12, 30, tzinfo=UTC)

VALUES = ("datetime_utc", "type", "distance", "duration", "avg_heart_rate", "shoe_id")
BOOKKEEPING = ("raw", "normalized")


def settings_in(time_zone: str = CHICAGO) -> Settings:
    """Settings of somebody who lives in a time zone, which may be one that does not exist."""
    return Settings().model_copy(update={"mmf_timezone": time_zone})


def new_run(id: str = "mmf_1", **values: Any) -> NewRun:
    """A run of three miles in half an hour, but for what is given."""
    usual = {
        "datetime_utc": MORNING,
        "type": "Outdoor Run",
        "distance": 3.0,
        "duration": 1800.0,
        "source": "Strava" if id.startswith("strava_") else "MapMyFitness",
    }
    return NewRun(id=id, **{**usual, **values})


def create_runs(connection: AnyConnection, *runs: NewRun) -> None:
    """Store runs that are new."""
    assert bulk_create_runs(runs, conn=connection) == len(runs)


def the_run(connection: AnyConnection, id: str = "mmf_1") -> Run:
    """The run, deleted or not."""
    run = get_run_by_id(id, include_deleted=True, conn=connection)
    assert run is not None
    return run


def values_of(run: NewRun | RunVersion) -> dict[str, Any]:
    """What a runner or a provider can change of a run."""
    return {field: getattr(run, field) for field in VALUES}


def history(connection: AnyConnection, id: str = "mmf_1") -> list[RunVersion]:
    """A run's versions, oldest first, after making sure that they are whole and end with the run."""
    versions = get_run_history(id, conn=connection)[::-1]
    run = the_run(connection, id)
    assert [version.version_number for version in versions] == list(range(1, run.version + 1))
    assert values_of(versions[-1]) == values_of(run)
    return versions


@dataclass(frozen=True, kw_only=True)
class Workout:
    """A row of an export.

    Attributes:
        id: the workout id in its link; None leaves the link empty.
    """

    id: int | None = 1
    day: str = "May 6, 2025"
    activity: str = "Run"
    distance: str = "3.0"
    seconds: str = "1800"
    heart_rate: str = ""
    notes: str = ""
    link: str | None = None

    def cells(self) -> list[str]:
        """The fifteen cells."""
        link = "" if self.id is None else f"http://www.mapmyfitness.com/workout/{self.id}"
        return [
            self.day,
            self.day,
            self.activity,
            "300",
            self.distance,
            self.seconds,
            "10.0",
            "",
            "6.0",
            "",
            self.heart_rate,
            "",
            self.notes,
            "Map My Fitness MapMyRun iPhone",
            link if self.link is None else self.link,
        ]


def write_export(path: Path, rows: Iterable[Workout | Sequence[str]], unit: str = "mi") -> Path:
    """Write an export as MapMyFitness would; a row that is no workout is written as it is."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            column.title.replace("mi)", f"{unit})").replace("mi/h", f"{unit}/h") for column in COLUMNS
        )
        writer.writerows(row.cells() if isinstance(row, Workout) else row for row in rows)
    return path


@dataclass(frozen=True)
class Imported:
    """What each step of an import said."""

    ingested: IngestedExport
    normalized: NormalizedCounts
    merged: MergeCounts


class Importer:
    """Takes rows all the way from a file to runs, on one connection."""

    def __init__(self, connection: AnyConnection, folder: Path) -> None:
        self.connection = connection
        self._folder = folder
        self._numbers = itertools.count(1)

    def export(self, *rows: Workout | Sequence[str], unit: str = "mi") -> Path:
        """Write rows to a file of their own."""
        return write_export(self._folder / f"export_{next(self._numbers)}.csv", rows, unit)

    def ingest(
        self, *rows: Workout | Sequence[str], unit: str = "mi", time_zone: str | None = None
    ) -> IngestedExport:
        """Bring rows as far as `raw`."""
        return ingest_export(self.export(*rows, unit=unit), time_zone=time_zone, conn=self.connection)

    def normalize(self, time_zone: str = CHICAGO) -> NormalizedCounts:
        """Bring what is in `raw` as far as `normalized`."""
        return normalize("mmf", settings_in(time_zone), today=TODAY, conn=self.connection)

    def merge(self, *, are_deletions_confirmed: bool = False) -> MergeCounts:
        """Bring what is in `normalized` as far as `runs`."""
        return merge_runs("mmf", are_deletions_confirmed=are_deletions_confirmed, conn=self.connection)

    def __call__(
        self, *rows: Workout | Sequence[str], unit: str = "mi", time_zone: str | None = None
    ) -> Imported:
        """Bring rows all the way."""
        ingested = self.ingest(*rows, unit=unit, time_zone=time_zone)
        return Imported(ingested, self.normalize(), self.merge())


def say_upstream(
    connection: AnyConnection,
    *runs: NewRun,
    others: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    rejects: Sequence[tuple[str, str]] = (),
    provider: str = "mmf",
) -> NormalizedCounts:
    """Have a provider say what its runs are now, as the step `normalize` does.

    Args:
        connection: in autocommit mode.
        runs: the runs; the name of a shoe is made from its id.
        others: ids of workouts that are walks now.
        withdrawn: ids of workouts that are gone.
        rejects: ids of workouts that cannot be understood, with the reason.
        provider: `mmf` or `strava`.
    """
    instant = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(
        {
            "run_id": [run.id for run in runs],
            "datetime_utc": pl.Series([run.datetime_utc for run in runs], dtype=instant),
            "type": [run.type for run in runs],
            "distance": [run.distance for run in runs],
            "duration": [run.duration for run in runs],
            "source": [run.source for run in runs],
            "avg_heart_rate": pl.Series([run.avg_heart_rate for run in runs], dtype=pl.Float64),
            "shoe_name": pl.Series([run.shoe_id and f"Shoe {run.shoe_id}" for run in runs], dtype=pl.String),
            "shoe_id": pl.Series([run.shoe_id for run in runs], dtype=pl.String),
            "is_day_precision": [True for _ in runs],
        }
    )
    walks = {"key": list(others), "activity_type": ["Walk" for _ in others]}
    gone = {"run_id": list(withdrawn), "reason": ["It is gone" for _ in withdrawn]}
    bad = {"key": [key for key, _ in rejects], "reason": [reason for _, reason in rejects]}
    with connection.transaction():
        writer = NormalizedRunsWriter(connection, provider, None)
        writer.write(
            frame,
            *(pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)) for rows in (walks, gone, bad)),
        )
    return writer.counts


def row_versions(connection: AnyConnection, *but: str) -> set[tuple[str, str, str]]:
    """Where each row lies and which transaction wrote it: equal sets mean that nothing was written.

    Args:
        connection: to read from.
        but: tables that are left out, such as `raw.ingested_files`.
    """
    tables = connection.execute(
        """
        select nspname, relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where relkind = 'r' and nspname in ('public', 'raw', 'normalized')
        """
    ).fetchall()
    found = set()
    for schema, table in tables:
        if f"{schema}.{table}" not in but:
            statement = sql.SQL("select ctid::text, xmin::text from {}").format(sql.Identifier(schema, table))
            found |= {(f"{schema}.{table}", *row) for row in connection.execute(statement)}
    return found


def while_blocked(
    connection: AnyConnection, *rivals: Callable[[], Result], then: Callable[[], object]
) -> list[Future[Result]]:
    """Start rivals that have to wait for this connection's locks, and let them go on once all of them do.

    Args:
        connection: holds the locks, in an open transaction.
        rivals: each runs in a thread of its own.
        then: ends that transaction.

    Returns:
        What became of each rival, in their order; all are done.
    """
    # Not pg_stat_activity, which stays as it was when a transaction first looked.
    waiting = "select count(distinct pid) from pg_locks where not granted"
    with ThreadPoolExecutor(len(rivals)) as pool:
        futures = [pool.submit(rival) for rival in rivals]
        try:
            while fetch_value(connection, waiting) < len(rivals):
                assert not [future for future in futures if future.done()], "somebody did not have to wait"
        finally:
            then()
    return futures
