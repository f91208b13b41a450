"""`fitness-pipeline sync strava`: what is new on Strava becomes runs, now."""

from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape

from fitness_pipeline.cli.console import console, counted, error_console, print_json, print_table
from fitness_pipeline.cli.job_runs import print_troubles, shown_job
from fitness_pipeline.cli.stand_ins import require_stand_in
from fitness_pipeline.cli.strava_summary import StravaSummary, of_outcome, of_preview
from fitness_pipeline.settings import Settings, load_settings
from fitness_pipeline.steps.strava_plan import ReadRequest

# What may be new.
_NEWS = ReadRequest()


def strava(
    is_full: Annotated[
        bool, typer.Option("--full", help="Read everything; finds edits and deletions of long ago.")
    ] = False,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day to read (UTC).")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day to read (UTC).")
    ] = None,
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen.")] = False,
    confirm_deletions: Annotated[
        bool, typer.Option("--confirm-deletions", help="Carry out deletions that were held back.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read what may be new on Strava since the last sync, and make runs of it."""
    settings = load_settings()
    require_stand_in(settings, settings.strava_api_url)
    sync = preview_strava_sync if is_dry_run else run_strava_sync
    request = ReadRequest(
        is_full=is_full,
        since=since.date() if since is not None else None,
        until=until.date() if until is not None else None,
    )
    summary = sync(settings, request, are_deletions_confirmed=confirm_deletions)
    if as_json:
        print_json(summary)
    else:
        print_strava_sync(summary)
    if summary.failures or summary.failed_checks:
        raise typer.Exit(2)


def run_strava_sync(
    settings: Settings, request: ReadRequest = _NEWS, *, are_deletions_confirmed: bool = False
) -> StravaSummary:
    """Run the Dagster job of Strava, showing how far it is.

    Args:
        settings: whose account and database.
        request: what is to be read.
        are_deletions_confirmed: whether any number of deletions may be carried out.

    Raises:
        DatabaseError: the database cannot be used.
    """
    with shown_job(settings, "Reading Strava") as (instance, on_progress):
        from fitness_pipeline.launch import run_strava_job

        outcome = run_strava_job(
            instance,
            is_full=request.is_full,
            since=request.since,
            until=request.until,
            are_deletions_confirmed=are_deletions_confirmed,
            on_progress=on_progress,
        )
    return of_outcome(outcome)


def preview_strava_sync(
    settings: Settings, request: ReadRequest, *, are_deletions_confirmed: bool = False
) -> StravaSummary:
    """Find out what a sync would do.

    Args:
        settings: whose account and database.
        request: what is to be read.
        are_deletions_confirmed: whether any number of deletions would be carried out.

    Raises:
        FitnessPipelineError: it cannot be found out.
    """
    with error_console.status("Reading Strava") as spinner:
        from fitness_pipeline.steps.preview_strava import preview_strava

        return of_preview(
            preview_strava(
                settings,
                request,
                are_deletions_confirmed=are_deletions_confirmed,
                on_progress=lambda sentence: spinner.update(escape(sentence)),
            )
        )


def print_strava_sync(summary: StravaSummary) -> None:
    """Print what a sync did.

    Args:
        summary: of the sync.
    """
    if summary.is_dry_run:
        console.print("[bold]Nothing was changed.[/bold] This is what a sync would do now:")
    elif not summary.changes and not summary.failures:
        console.print("[bold]Nothing has changed.[/bold] Every run was there already, as it is.")
    if summary.read is not None:
        columns = ("activities listed", "new", "changed", "unchanged", "gone", "rejected")
        read = (summary.listed, summary.new, summary.changed, summary.unchanged, summary.gone)
        print_table(columns, [(*read, summary.rejected)], right=frozenset(columns))
    if summary.changes or not summary.failures:
        effects = ("runs inserted", "updated", "deleted", "back again")
        print_table(
            effects,
            [(summary.inserted, summary.updated, summary.deleted, summary.revived)],
            right=frozenset(effects),
        )
    for sentence in _remarks(summary):
        console.print(sentence)
    print_troubles(summary.failed_checks, summary.failures)


def _remarks(summary: StravaSummary) -> list[str]:
    remarks = []
    if summary.other_activities:
        counts = ", ".join(f"{count} {name}" for name, count in summary.other_activities.items())
        remarks.append(f"Kept, but no runs: {escape(counts)}.")
    if summary.rejected:
        remarks.append("Activities that could not be understood: `fitness-pipeline rejects`.")
    if summary.held_back:
        remarks.append(
            f"[bold]{summary.held_back} runs would be deleted at once, so none was.[/bold] If that is meant, "
            "sync again with --confirm-deletions."
        )
    if summary.conflicts:
        remarks.append(
            f"{summary.conflicts} of your own edits differ from what Strava says now; yours stay. "
            "`fitness-pipeline conflicts` settles them."
        )
    if summary.calendar is not None:
        remarks.append(summary.calendar)
    if summary.undecided:
        remarks.append(
            f"{summary.undecided} activities were not listed, but are not known to be gone. The next full "
            "sync looks again."
        )
    if summary.requests is not None:
        left = ""
        if summary.requests_left_today is not None:
            left = (
                f" Left: {summary.requests_left_this_quarter_hour} this quarter of an hour, "
                f"{summary.requests_left_today} today."
            )
        remarks.append(f"{counted(summary.requests, 'request')} to Strava.{left}")
    return remarks
