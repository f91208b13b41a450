"""`fitness-pipeline rebuild`: compares everything with raw rows and edits, and puts right what differs."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fitness_pipeline.cli.console import console, error_console, print_json, print_table
from fitness_pipeline.settings import load_settings

if TYPE_CHECKING:
    from fitness_pipeline.steps.rebuild import Rebuilt, Verified


def rebuild(
    is_verification: Annotated[
        bool, typer.Option("--verify", help="Only compare; exit with 1 when anything differs.")
    ] = False,
    confirm_deletions: Annotated[
        bool, typer.Option("--confirm-deletions", help="Carry out deletions that were held back.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make everything again from raw rows and your edits, and put right what differs, with history."""
    with error_console.status("Recomputing all runs"):
        from fitness_pipeline.steps import rebuild as step  # loads polars

        settings, today = load_settings(), datetime.now(UTC).date()
        if is_verification:
            verified = step.verify(settings, today=today)
        else:
            rebuilt = step.rebuild(settings, today=today, are_deletions_confirmed=confirm_deletions)
    if is_verification:
        if as_json:
            print_json(verified)
        else:
            _print_verified(verified)
        raise typer.Exit(0 if verified.is_all_well else 1)
    if as_json:
        print_json(rebuilt)
    else:
        _print_rebuilt(rebuilt)
    raise typer.Exit(1 if rebuilt.held_back or rebuilt.runs.lost_versions else 0)


def _print_verified(verified: "Verified") -> None:
    _print_differences(verified)
    if verified.behind:
        console.print(
            f"Not all rows of {' and '.join(verified.behind)} were made into runs yet; this was compared "
            "with what the next sync or import makes of them."
        )
    _print_not_recomputable(verified)
    if not verified.is_all_well:
        console.print("`fitness-pipeline rebuild` puts them right.")


def _print_rebuilt(rebuilt: "Rebuilt") -> None:
    _print_differences(rebuilt.found)
    _print_not_recomputable(rebuilt.found)
    for provider, merged in rebuilt.merged.items():
        if merged.inserted or merged.updated or merged.deleted or merged.revived:
            console.print(
                f"Merged first, from {provider}: {merged.inserted} new runs, {merged.updated} changed, "
                f"{merged.deleted} deleted, {merged.revived} back again."
            )
    normalized, runs = rebuilt.normalized, rebuilt.runs
    if normalized.inserted or normalized.corrected or normalized.withdrawn:
        console.print(
            f"Normalized rows: {normalized.inserted} put back, {normalized.corrected} corrected, "
            f"{normalized.withdrawn} withdrawn."
        )
    if runs.inserted or runs.corrected:
        console.print(f"Runs: {runs.inserted} put back, {runs.corrected} corrected, each with a new version.")
    if rebuilt.found.lifts:
        console.print(
            f"Lifts: {rebuilt.found.lifts} put right; what they were is in normalized.lift_versions."
        )
    if rebuilt.held_back:
        console.print(
            f"[bold]{rebuilt.held_back} runs would be deleted at once, so none was.[/bold] If that is meant: "
            "`fitness-pipeline rebuild --confirm-deletions`."
        )
    if runs.lost_versions:
        console.print(
            f"[bold]{runs.lost_versions} runs have lost versions[/bold], which nothing here can make again; "
            "they were left as they are. Restore the table runs_history from a backup."
        )


def _print_differences(verified: "Verified") -> None:
    if verified.lifts:
        console.print(f"Lifts that are not as their workout says: {verified.lifts}.")
    if verified.is_all_well:
        console.print("Differences: none. Runs and lifts are what raw rows and your edits make them.")
    if not verified.differences:
        return
    print_table(
        ("table", "id", "field", "stored", "recomputed"),
        [
            (found.table, found.id, found.field, _cell(found.stored), _cell(found.recomputed))
            for found in verified.differences
        ],
        title=f"Differences: {len(verified.differences)}",
    )


def _print_not_recomputable(verified: "Verified") -> None:
    if verified.not_recomputable:
        console.print(
            f"{verified.not_recomputable} runs were taken from the source as they are: their raw row was "
            "emptied (STRAVA_RAW_RETENTION_DAYS), or cannot be understood any more."
        )


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
