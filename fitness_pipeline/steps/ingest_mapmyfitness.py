"""From an export file to `raw.mmf_workouts`."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fitness_pipeline.db.connection import AnyConnection, transaction
from fitness_pipeline.db.imported_runs import database_time
from fitness_pipeline.db.ingested_files import IngestedFile, find_file, find_newest_import, record_file
from fitness_pipeline.db.locks import take_turn
from fitness_pipeline.db.mmf_workouts import IncomingWorkouts
from fitness_pipeline.db.rejected_rows import forget_rejected_rows, note_malformed_rows
from fitness_pipeline.db.rejects import NewReject, keep_rejects, malformed_row
from fitness_pipeline.errors import ChangedWhileRead, FileUnreadable, UnusableFile
from fitness_pipeline.normalize.mapmyfitness.keys import with_workout_keys
from fitness_pipeline.normalize.mapmyfitness.workouts import doubtful_rows
from fitness_pipeline.providers.mapmyfitness.export import Export, MalformedRow, open_export
from fitness_pipeline.settings import time_zone as checked_time_zone
from fitness_pipeline.steps.inbox import file_state

PROVIDER = "mmf"


@dataclass(frozen=True, slots=True)
class IngestedExport:
    """An export that was read, now or before.

    Attributes:
        file: its row in `raw.ingested_files`.
        was_known: the same content had been imported before, so that nothing was done.
        newer_file: if so, the file that was imported last, unless it is this one.
    """

    file: IngestedFile
    was_known: bool
    newer_file: IngestedFile | None = None

    @property
    def remark(self) -> str | None:
        """For whoever expects otherwise: that nothing was read. None when something was."""
        if not self.was_known:
            return None
        told = f"This file was imported on {_day(self.file.ingested_at)} already; nothing was read."
        if self.newer_file is None:
            return told
        return (
            f"{told} What other exports said since, such as {self.newer_file.name} on "
            f"{_day(self.newer_file.ingested_at)}, stays; `fitness-pipeline import --again` reads it again, "
            "as the newest of all."
        )


def ingest_export(
    path: Path,
    *,
    time_zone: str | None = None,
    is_known_read_again: bool = False,
    dagster_run_id: str | None = None,
    conn: AnyConnection | None = None,
) -> IngestedExport:
    """Store the rows of a MapMyFitness export that are new or changed, all of them or none.

    A content that was imported before, for the same time zone, is recognised and changes nothing, whatever
    was imported since: a file may come twice because somebody cleans up, or because a run was cut off before
    the file had left the inbox. A row that is missing in a newer export stays as it is.

    Args:
        path: the CSV file.
        time_zone: the IANA zone in which its days are meant; None leaves it to MMF_TIMEZONE.
        is_known_read_again: whether to take it as the newest word of the runner all the same.
        dagster_run_id: the Dagster run at work.
        conn: the caller's connection, to take part in its transaction.

    Returns:
        What was read.

    Raises:
        UnusableFile: the file is refused whole. That is recorded, unless the caller's own transaction is
            given up.
        UnknownTimeZone: there is no such zone.
        ChangedWhileRead: the file was written to or replaced meanwhile.
    """
    if time_zone is not None:
        time_zone = checked_time_zone(time_zone).key
    sha256, state = _sha256(path), file_state(path)
    facts = {
        "provider": PROVIDER,
        "sha256": sha256,
        "name": path.name,
        "size_bytes": state[2],
        "time_zone": time_zone,
        "dagster_run_id": dagster_run_id,
    }
    try:
        with transaction(conn) as connection:
            take_turn(connection, PROVIDER)
            known = find_file(PROVIDER, sha256, conn=connection)
            is_known = known and known.status == "imported" and known.time_zone == time_zone
            if known and is_known and not is_known_read_again:
                newest = find_newest_import(PROVIDER, conn=connection)
                newer = newest if newest and newest.file_id != known.file_id else None
                return IngestedExport(known, was_known=True, newer_file=newer)
            with open_export(path) as export:
                stored = _store(connection, export, facts)
            _require_same(path, sha256, state)
            return IngestedExport(stored, was_known=False)
    except UnusableFile as refusal:
        with transaction(conn) as connection:
            record_file({**facts, "status": "refused", "refusal_reason": str(refusal)}, conn=connection)
        raise


def _store(connection: AnyConnection, export: Export, facts: dict[str, object]) -> IngestedFile:
    file_id = record_file({**facts, "status": "imported"}, conn=connection).file_id
    forget_rejected_rows(connection, file_id)
    incoming = IncomingWorkouts(connection)
    today = database_time(conn=connection).astimezone(UTC).date()
    doubtful: list[int] = []
    rows_found = 0
    activity_types: Counter[str] = Counter()
    for batch in export.batches():
        rows_found += batch.height
        activity_types.update(dict(batch["activity_type"].value_counts().iter_rows()))
        doubtful += doubtful_rows(batch, today=today)
        incoming.add(with_workout_keys(batch))
    dagster_run_id = str(facts["dagster_run_id"]) if facts["dagster_run_id"] else None
    counts = incoming.write(
        file_id=file_id,
        unit=export.unit,
        time_zone=str(facts["time_zone"]) if facts["time_zone"] else None,
        dagster_run_id=dagster_run_id,
        doubtful_rows=doubtful,
    )
    malformed = [_reject(row, export, file_id) for row in export.malformed]
    keep_rejects(connection, malformed, provider=PROVIDER, stage="extract", dagster_run_id=dagster_run_id)
    numbers = (row.row_number for row in export.malformed)
    note_malformed_rows(
        connection, file_id, zip(numbers, (reject.raw_key for reject in malformed), strict=True)
    )
    return record_file(
        {
            **facts,
            "status": "imported",
            "unit": export.unit,
            "rows_found": rows_found + len(export.malformed),
            "rows_new": counts.new,
            "rows_changed": counts.changed,
            "rows_unchanged": counts.unchanged + counts.repeated,
            "rows_rejected": counts.rejected + len(export.malformed),
            "activity_types": dict(activity_types.most_common()),
        },
        conn=connection,
    )


def _reject(row: MalformedRow, export: Export, file_id: int) -> NewReject:
    told = export.cells_of(row) if row.is_cut_off else None
    return malformed_row(
        row.text,
        file_id=file_id,
        row_number=row.row_number,
        reason=row.reason,
        cells={"whole_cells": told.whole, "begun_cells": told.begun} if told else None,
    )


def _day(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d}"


def _require_same(path: Path, sha256: str, state: tuple[int, ...]) -> None:
    """Raise ChangedWhileRead unless the file is still what was hashed before it was read."""
    try:
        if file_state(path) == state and _sha256(path) == sha256:
            return
    except (OSError, FileUnreadable):
        pass
    raise ChangedWhileRead(
        f"{path.name} was written to or replaced while it was read, so nothing of it was imported. "
        "Import it again when it is complete."
    )


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(
            f"{path} cannot be read: {error.strerror}. Check the path, and that you may read the file."
        ) from None
