"""`fitness-pipeline import`: exports become runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, print_json, print_table
from fitness_pipeline.cli.import_summary import ImportSummary, summarized
from fitness_pipeline.cli.job_runs import print_troubles, shown_job
from fitness_pipeline.settings import Settings, load_settings
from fitness_pipeline.settings import time_zone as checked_time_zone


def import_files(
    files: Annotated[list[Path], typer.Argument(help="MapMyFitness exports (CSV).", metavar="FILE...")],
    time_zone: Annotated[
        str | None, typer.Option(help="The IANA zone of their days. Default: MMF_TIMEZONE.")
    ] = None,
    confirm_deletions: Annotated[
        bool, typer.Option("--confirm-deletions", help="Carry out deletions that were held back.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a row is rejected.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Read files that were imported before again, as the newest.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import MapMyFitness exports. The same file twice changes nothing."""
    summary = run_import(
        load_settings(),
        files,
        time_zone=time_zone,
        is_known_read_again=again,
        are_deletions_confirmed=confirm_deletions,
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
    is_known_read_again: bool = False,
    are_deletions_confirmed: bool = False,
) -> ImportSummary:
    """Run the Dagster job over files, showing how far it is.

    Args:
        settings: whose database.
        files: MapMyFitness exports. None makes runs again from what was read before.
        time_zone: the IANA zone of their days; None means MMF_TIMEZONE.
        is_known_read_again: whether those that were imported before are read again, as the newest of all.
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
            is_known_read_again=is_known_read_again,
            are_deletions_confirmed=are_deletions_confirmed,
            on_progress=on_progress,
        )
    merged = outcome.metadata.get("runs", {})
    if files is not None:
        # What another provider had brought is not what was asked for.
        merged = merged.get("by_provider", {}).get("mmf", {})
    raw = outcome.metadata.get("raw/mmf_workouts", {})
    return summarized(outcome.dagster_run_id, raw, merged, outcome.failures, outcome.failed_checks)


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
    if is_strict and summary.rejected:
        raise typer.Exit(1)


def print_summary(summary: ImportSummary) -> None:
    """Print what an import did.

    Args:
        summary: of the import.
    """
    for name, remark in summary.already_imported.items():
        console.print(escape(f"{name}: {remark}"))
    if not summary.failures:
        if not summary.changes:
            rest = "" if summary.already_imported else " Every run was there already, as it is."
            console.print(f"[bold]Nothing has changed.[/bold]{rest}")
        print_table(
            ("rows found", "inserted", "updated", "unchanged", "rejected", "other activities"),
            [
                (
                    summary.rows_found,
                    summary.inserted,
                    summary.updated,
                    summary.unchanged,
                    summary.rejected,
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
    if summary.dismissed:
        console.print(f"Besides, {summary.dismissed} rejected rows that you dismissed.")
    if summary.rejects:
        print_table(
            ("file", "row", "reason"),
            [(reject.file_name, reject.row_number, reject.reason) for reject in summary.rejects[:20]],
            title="Rejected rows (kept; correct them at the source and export again)",
        )
        if len(summary.rejects) > 20:
            console.print(f"… and {len(summary.rejects) - 20} more: `fitness-pipeline rejects`.")
    print_remarks(summary)


def print_remarks(summary: ImportSummary) -> None:
    """Print what a person has to know of the runs that changed, and what went wrong.

    Args:
        summary: of an import, or of runs being made again.
    """
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
