"""`fitness-pipeline sync hevy`: strength sessions become lifts, now."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from fitness_pipeline.cli.console import console, counted, print_json, print_table
from fitness_pipeline.cli.job_runs import print_troubles, shown_job
from fitness_pipeline.cli.stand_ins import require_stand_in
from fitness_pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from fitness_pipeline.job_outcomes import JobOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class HevySummary:
    """What a sync did, in the words of the person who asked for it.

    Attributes:
        read: `full` or `incremental`; None when nothing could be read.
        workouts: that Hevy sent.
        inserted: lifts that are new.
        updated: lifts that changed, those that are back included.
        deleted: lifts that are gone at Hevy.
        rejected: workouts that could not be understood.
        templates: exercises that are new or have another name.
        requests: to Hevy, in this sync.
        failures: what could not be done.
    """

    read: str | None
    workouts: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    templates: int = 0
    requests: int = 0
    failures: list[str] = field(default_factory=list)
    failed_checks: list[str] = field(default_factory=list)
    dagster_run_id: str | None = None


def hevy(
    is_full: Annotated[bool, typer.Option("--full", help="List all workouts and exercises.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read what happened at Hevy since the last sync, and make lifts of it."""
    from fitness_pipeline.steps.hevy_access import find_obstacle

    settings = load_settings()
    require_stand_in(settings, settings.hevy_api_url)
    if obstacle := find_obstacle(settings):
        raise obstacle
    summary = run_hevy_sync(settings, is_full=is_full)
    if as_json:
        print_json(summary)
    else:
        print_hevy_sync(summary)
    if summary.failures or summary.failed_checks:
        raise typer.Exit(2)


def run_hevy_sync(settings: Settings, *, is_full: bool = False) -> HevySummary:
    """Run the Dagster job of Hevy, showing how far it is.

    Args:
        settings: whose account and database.
        is_full: whether to list everything.

    Raises:
        DatabaseError: the database cannot be used.
    """
    with shown_job(settings, "Reading Hevy") as (instance, on_progress):
        from fitness_pipeline.launch import run_hevy_job

        outcome = run_hevy_job(
            instance,
            is_full=is_full,
            on_progress=on_progress,
        )
    return _summary(outcome)


def print_hevy_sync(summary: HevySummary) -> None:
    """Print what a sync did.

    Args:
        summary: of the sync.
    """
    if not (summary.inserted or summary.updated or summary.deleted or summary.failures):
        console.print("[bold]Nothing has changed.[/bold] Every lift was there already, as it is.")
    columns = ("workouts sent", "lifts inserted", "updated", "unchanged", "deleted", "rejected")
    print_table(
        columns,
        [
            (
                summary.workouts,
                summary.inserted,
                summary.updated,
                summary.unchanged,
                summary.deleted,
                summary.rejected,
            )
        ],
        right=frozenset(columns),
    )
    if summary.rejected:
        console.print("Workouts that could not be understood: `fitness-pipeline rejects`.")
    if summary.read is not None:
        console.print(f"{counted(summary.requests, 'request')} to Hevy.")
    print_troubles(summary.failed_checks, summary.failures)


def _summary(outcome: "JobOutcome") -> HevySummary:
    read = outcome.metadata.get("raw/hevy_workouts", {})
    templates = outcome.metadata.get("raw/hevy_exercise_templates", {})
    lifts = outcome.metadata.get("lifts", {})
    return HevySummary(
        read=read.get("read"),
        workouts=read.get("rows_in", 0),
        inserted=lifts.get("new", 0),
        updated=lifts.get("changed", 0) - lifts.get("deleted", 0),
        unchanged=read.get("unchanged", 0),
        deleted=lifts.get("deleted", 0),
        rejected=read.get("rejected", 0) + lifts.get("rejected", 0),
        templates=templates.get("new", 0) + templates.get("changed", 0),
        requests=read.get("requests", 0) + templates.get("requests", 0),
        failures=outcome.failures,
        failed_checks=outcome.failed_checks,
        dagster_run_id=outcome.dagster_run_id,
    )
