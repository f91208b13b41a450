"""`fitness-pipeline import`: exports become runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, print_json, print_table
from fitness_pipeline.cli.job_runs import print_troubles, shown_job
from fitness_pipeline.db.rejects import Reject
from fitness_pipeline.settings import Settings, load_settings
from fitness_pipeline.settings import time_zone as checked_time_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What an import did, in the words of the person who asked for it.

    Attributes:
        rows_found: rows of the files that could be read.
        inserted: runs that are new.
        updated: runs that changed.
        unchanged: runs that are as they were.
        rejects: rows of these files that are open rejects.
        other_activities: activity type to number of rows that are no runs.
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
    rejects: list[Reject]
    other_activities: dict[str, int]
    refused: dict[str, str]
    held_back: int
    failures: list[str]
    failed_checks: list[str]
    dagster_run_id: str

    @property
    def changes(self) -> int:
        """How many runs are not as they were."""
        return self.inserted + self.updated + self.deleted


def import_files(
    files: Annotated[list[Path], typer.Argument(help="MapMyFitness exports (CSV).", metavar="FILE...")],
    time_zone: Annotated[
        str | None, typer.Option(help="The IANA zone of their days. Default: MMF_TIMEZONE.")
    ] = None,
    confirm_deletions: Annotated[
        bool, typer.Option("--confirm-deletions", help="Carry out deletions that were held back.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a row is rejected.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import MapMyFitness exports. The same file twice changes nothing."""
    summary = run_import(
        load_settings(), files, time_zone=time_zone, are_deletions_confirmed=confirm_deletions
    )
    if as_json:
        print_json(summary)
    else:
        print_summary(summary)
    end(summary, is_strict=strict)


def run_import(
    settings: Settings,
    files: Sequence[Path] | None,
    *,
    time_zone: str | None = None,
    are_deletions_confirmed: bool = False,
) -> ImportSummary:
    """Run the Dagster job over files, showing how far it is.

    Args:
        settings: whose database.
        files: MapMyFitness exports. None makes runs again from what was read before.
        time_zone: the IANA zone of their days; None means MMF_TIMEZONE.
        are_deletions_confirmed: whether any number of deletions may be carried out.

    Returns:
        What was done.

    Raises:
        DatabaseError: the database cannot be used.
    """
    if time_zone is not None:
        checked_time_zone(time_zone)
    names = ", ".join(file.name for file in files or ())
    doing = f"Reading {names}" if names else "Working through what was read before"
    with shown_job(settings, doing) as (instance, on_progress):
        from fitness_pipeline.launch import run_mapmyfitness_job

        outcome = run_mapmyfitness_job(
            instance,
            files,
            time_zone=time_zone,
            are_deletions_confirmed=are_deletions_confirmed,
            on_progress=on_progress,
        )
    merged = outcome.metadata.get("runs", {})
    if files is not None:
        # What another provider had brought is not what was asked for.
        merged = merged.get("by_provider", {}).get("mmf", {})
    raw = outcome.metadata.get("raw/mmf_workouts", {})
    return _summary(outcome.dagster_run_id, raw, merged, outcome.failures, outcome.failed_checks)


def _summary(
    dagster_run_id: str,
    raw: dict[str, Any],
    merged: dict[str, Any],
    failures: list[str],
    failed_checks: list[str],
) -> ImportSummary:
    from fitness_pipeline.db.ingested_files import get_files_by_id
    from fitness_pipeline.db.rejects import get_open_rejects
    from fitness_pipeline.normalize.mapmyfitness.activity_types import run_type

    files = get_files_by_id(raw.get("file_ids", []))
    rejects = [reject for reject in get_open_rejects("mmf") if reject.file_id in raw.get("file_ids", [])]
    others: dict[str, int] = {}
    runs_found = 0
    for file in files:
        for activity_type, rows in file.activity_types.items():
            if run_type(activity_type) is None:
                others[activity_type] = others.get(activity_type, 0) + rows
            else:
                runs_found += rows
    inserted, deleted = merged.get("new", 0), merged.get("deleted", 0)
    updated = merged.get("changed", 0) - deleted
    changed_or_rejected = inserted + updated + sum(not reject.is_malformed for reject in rejects)
    return ImportSummary(
        rows_found=raw.get("rows_in", 0),
        inserted=inserted,
        updated=updated,
        unchanged=max(0, runs_found - changed_or_rejected),
        deleted=deleted,
        conflicts=merged.get("conflicts", 0),
        rejects=rejects,
        other_activities=others,
        refused=raw.get("files_refused", {}),
        held_back=merged.get("held_back", 0),
        failures=failures,
        failed_checks=failed_checks,
        dagster_run_id=dagster_run_id,
    )


def end(summary: ImportSummary, *, is_strict: bool = False) -> None:
    """End the command with the exit code that an import deserves.

    Args:
        summary: of the import.
        is_strict: whether a rejected row counts.

    Raises:
        typer.Exit: with 2 when something could not be done, with 1 for rejected rows that count.
    """
    if summary.refused or summary.failures or summary.failed_checks:
        raise typer.Exit(2)
    if is_strict and summary.rejects:
        raise typer.Exit(1)


def print_summary(summary: ImportSummary) -> None:
    """Print what an import did.

    Args:
        summary: of the import.
    """
    if not summary.failures:
        if not summary.changes:
            console.print("[bold]Nothing has changed.[/bold] Every run was there already, as it is.")
        print_table(
            ("rows found", "inserted", "updated", "unchanged", "rejected", "other activities"),
            [
                (
                    summary.rows_found,
                    summary.inserted,
                    summary.updated,
                    summary.unchanged,
                    len(summary.rejects),
                    sum(summary.other_activities.values()),
                )
            ],
            right=frozenset(
                {"rows found", "inserted", "updated", "unchanged", "rejected", "other activities"}
            ),
        )
    if summary.other_activities:
        counts = ", ".join(f"{rows} {name}" for name, rows in summary.other_activities.items())
        console.print(f"Kept, but no runs: {escape(counts)}.")
    if summary.rejects:
        print_table(
            ("file", "row", "reason"),
            [(reject.file_name, reject.row_number, reject.reason) for reject in summary.rejects[:20]],
            title="Rejected rows (kept; correct them at the source and export again)",
        )
        if len(summary.rejects) > 20:
            console.print(f"… and {len(summary.rejects) - 20} more: `fitness-pipeline rejects`.")
    if summary.conflicts:
        console.print(
            f"{summary.conflicts} of your own edits differ from what the source says now; yours stay. "
            "`fitness-pipeline conflicts` shows them and settles them."
        )
    if summary.deleted:
        console.print(
            f"{summary.deleted} runs were deleted, because they are no runs any more at the source."
        )
    if summary.held_back:
        console.print(
            f"[bold]{summary.held_back} runs would be deleted at once, so none was.[/bold] If that is meant, "
            "import again with --confirm-deletions."
        )
    print_troubles(summary.failed_checks, [*summary.refused.values(), *summary.failures])
