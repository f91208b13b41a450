"""What an import of exports did, counted by the rows of its files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitness_pipeline.db.rejects import Reject


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What an import did, in the words of the person who asked for it.

    A row found is one of inserted, updated, unchanged, rejected, dismissed and other activities.

    Attributes:
        rows_found: rows of the files that have any text.
        inserted: runs that are new.
        updated: runs that changed.
        unchanged: rows of runs that are as they were; rows that repeat another one are among them.
        rejected: rows that are rejected.
        dismissed: rows that are rejected, too, and of which the runner does not want to be told.
        rejects: what is rejected, with its place in these files.
        other_activities: activity type to number of rows that are no runs.
        already_imported: file name to the remark that its content had been imported before.
        refused: file name to the reason why it was not read at all.
        held_back: runs that would have been deleted, had they not been so many at once.
        failures: what went wrong besides.
        failed_checks: what asset checks found wrong with the runs that there are now.
    """

    rows_found: int
    inserted: int
    updated: int
    unchanged: int
    deleted: int
    conflicts: int
    rejected: int
    dismissed: int
    rejects: list[Reject]
    other_activities: dict[str, int]
    already_imported: dict[str, str]
    refused: dict[str, str]
    held_back: int
    failures: list[str]
    failed_checks: list[str]
    dagster_run_id: str

    @property
    def changes(self) -> int:
        """How many runs are not as they were."""
        return self.inserted + self.updated + self.deleted


def summarized(
    dagster_run_id: str,
    raw: dict[str, Any],
    merged: dict[str, Any],
    failures: list[str],
    failed_checks: list[str],
) -> ImportSummary:
    """Sum up what the job over exports did.

    Args:
        dagster_run_id: of the job.
        raw: what `raw/mmf_workouts` reports; empty when no file was to be read.
        merged: what `runs` reports, of the provider or of all.
        failures: a sentence for each thing that could not be done.
        failed_checks: a sentence for each asset check that did not pass.
    """
    from fitness_pipeline.db.imported_runs import count_file_rejects
    from fitness_pipeline.db.rejects import get_rejects_of_files

    file_ids = raw.get("file_ids", [])
    rejected = count_file_rejects(file_ids)
    others = _other_activities(file_ids, rejected.by_activity_type)
    rows_found = raw.get("rows_in", 0)
    inserted, deleted = merged.get("new", 0), merged.get("deleted", 0)
    updated = merged.get("changed", 0) - deleted
    told = inserted + updated + rejected.total + rejected.dismissed + sum(others.values())
    return ImportSummary(
        rows_found=rows_found,
        inserted=inserted,
        updated=updated,
        # Runs may change that are not in these files, such as with another MMF_TIMEZONE.
        unchanged=max(0, rows_found - told),
        deleted=deleted,
        conflicts=merged.get("conflicts", 0),
        rejected=rejected.total,
        dismissed=rejected.dismissed,
        rejects=get_rejects_of_files(file_ids),
        other_activities=others,
        already_imported=raw.get("files_known", {}),
        refused=raw.get("files_refused", {}),
        held_back=merged.get("held_back", 0),
        failures=failures,
        failed_checks=failed_checks,
        dagster_run_id=dagster_run_id,
    )


def _other_activities(file_ids: Sequence[int], rejected: Mapping[str, int]) -> dict[str, int]:
    """Return how many rows of files are no runs, by activity type, but for those that are rejected."""
    from fitness_pipeline.db.ingested_files import get_files_by_id
    from fitness_pipeline.normalize.mapmyfitness.activity_types import run_type

    files = {file.file_id: file for file in get_files_by_id(file_ids)}
    rows: Counter[str] = Counter()
    for file_id in file_ids:  # one that was named twice counts twice
        rows.update(files[file_id].activity_types)
    rows.subtract(rejected)
    return {kind: count for kind, count in rows.items() if count > 0 and run_type(kind) is None}
