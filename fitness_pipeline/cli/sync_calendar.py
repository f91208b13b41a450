"""`fitness-pipeline sync calendar`: runs come to Google Calendar, now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fitness_pipeline.cli.console import console, counted, print_json, print_table
from fitness_pipeline.cli.job_runs import print_troubles, shown_job
from fitness_pipeline.cli.stand_ins import require_stand_in
from fitness_pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from fitness_pipeline.job_outcomes import JobOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSummary:
    """What a sync did, or would do.

    Attributes:
        is_dry_run: whether it only would.
        plan: such as `3 create, 1 update, 1 delete`; None where nothing was found out.
        deleted_by_the_runner: events that turned out to be gone; they are not brought back.
        failed: events that Google refused.
        requests: to Google, in this sync.
        failures: what could not be done.
    """

    is_dry_run: bool
    plan: str | None
    created: int = 0
    updated: int = 0
    deleted: int = 0
    deleted_by_the_runner: int = 0
    failed: int = 0
    requests: int = 0
    failures: list[str] = field(default_factory=list)
    failed_checks: list[str] = field(default_factory=list)
    dagster_run_id: str | None = None


def calendar(
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring Google Calendar in step with the runs."""
    settings = load_settings()
    require_google(settings)
    summary = preview_calendar_sync(settings) if is_dry_run else run_calendar_sync(settings)
    show(summary, as_json=as_json)


def require_google(settings: Settings) -> None:
    """Make sure that there is a calendar to write to.

    Args:
        settings: whose account and database.

    Raises:
        NotConnected, NeedsReauthorization: there is none.
    """
    from fitness_pipeline.steps.google_access import find_obstacle

    require_stand_in(settings, settings.google_api_url)
    if obstacle := find_obstacle(settings):
        raise obstacle


def run_calendar_sync(settings: Settings, *, since: date | None = None) -> CalendarSummary:
    """Run the Dagster job of the calendar, showing how far it is.

    Args:
        settings: whose account and database.
        since: a day since when runs are to be shown, too, from now on.

    Raises:
        DatabaseError: the database cannot be used.
    """
    with shown_job(settings, "Writing to Google Calendar") as (instance, on_progress):
        from fitness_pipeline.launch import run_calendar_job

        outcome = run_calendar_job(
            instance,
            since=since,
            on_progress=on_progress,
        )
    return _of_outcome(outcome)


def preview_calendar_sync(settings: Settings, *, since: date | None = None) -> CalendarSummary:
    """Find out what a sync would do, without a request to Google.

    Args:
        settings: whose database, and what is to be shown.
        since: a day since when runs would be shown, too.
    """
    from fitness_pipeline.steps.plan_calendar import preview_calendar

    plan = preview_calendar(settings, now=datetime.now(UTC), since=since)
    return CalendarSummary(is_dry_run=True, plan=plan.sentence)


def show(summary: CalendarSummary, *, as_json: bool) -> None:
    """Print what a sync did, and end with 2 if something could not be done.

    Args:
        summary: of the sync.
        as_json: whether JSON is printed.

    Raises:
        typer.Exit: something could not be done.
    """
    if as_json:
        print_json(summary)
    else:
        print_calendar_sync(summary)
    if summary.failures or summary.failed_checks:
        raise typer.Exit(2)


def print_calendar_sync(summary: CalendarSummary) -> None:
    """Print what a sync did.

    Args:
        summary: of the sync.
    """
    if summary.is_dry_run:
        console.print(f"[bold]Nothing was changed.[/bold] A sync would do this now: {summary.plan}.")
        return
    did = (summary.created, summary.updated, summary.deleted)
    if not any(did) and not summary.failed and not summary.failures:
        console.print("[bold]Nothing has changed.[/bold] The calendar showed the runs already, as they are.")
    columns = ("events created", "updated", "deleted")
    print_table(columns, [did], right=frozenset(columns))
    if summary.deleted_by_the_runner:
        console.print(
            f"{summary.deleted_by_the_runner} events were deleted in Google Calendar. They stay so; "
            "`fitness-pipeline calendar resync RUN` brings one back."
        )
    if summary.failed:
        console.print(
            f"Google refused {summary.failed} events: `fitness-pipeline status` tells why. They are tried "
            "again by themselves."
        )
    console.print(f"{counted(summary.requests, 'request')} to Google.")
    print_troubles(summary.failed_checks, summary.failures)


def calendar_remark(metadata: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return a sentence on what a job did to the calendar besides; None if it did nothing.

    Args:
        metadata: of the job's assets.
    """
    did = metadata.get("calendar_events", {})
    counts = [f"{did[name]} {name}" for name in ("created", "updated", "deleted") if did.get(name)]
    return f"Events on the calendar: {', '.join(counts)}." if counts else None


def _of_outcome(outcome: "JobOutcome") -> CalendarSummary:
    did = outcome.metadata.get("calendar_events", {})
    return CalendarSummary(
        is_dry_run=False,
        plan=did.get("plan"),
        created=did.get("created", 0),
        updated=did.get("updated", 0),
        deleted=did.get("deleted", 0),
        deleted_by_the_runner=did.get("deleted_by_the_runner", 0),
        failed=did.get("failed", 0),
        requests=did.get("requests", 0),
        failures=outcome.failures,
        failed_checks=outcome.failed_checks,
        dagster_run_id=outcome.dagster_run_id,
    )
