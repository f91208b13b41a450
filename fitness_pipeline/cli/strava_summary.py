"""What a sync of Strava did or would do, in the words of the person who asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fitness_pipeline.cli.sync_calendar import calendar_remark

if TYPE_CHECKING:
    from fitness_pipeline.job_outcomes import JobOutcome
    from fitness_pipeline.steps.preview_strava import Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class StravaSummary:
    """What a sync did.

    Attributes:
        is_dry_run: whether it only would.
        read: `full`, `incremental` or `window`; None when nothing could be read.
        listed: activities that Strava listed.
        new: of them, those that were not stored.
        changed: those that came differently than before.
        gone: stored activities that Strava does not have any more.
        undecided: stored activities that were not listed and are not known to be gone.
        rejected: activities that could not be understood.
        inserted: runs that are new.
        updated: runs that changed.
        deleted: runs that are no runs any more at the source.
        revived: runs that are back.
        held_back: runs that would have been deleted, had they not been so many at once.
        other_activities: sport to number of activities that are no runs.
        calendar: what was done to the calendar besides.
        requests: to Strava, in this sync.
        failures: what could not be done.
        failed_checks: what asset checks found wrong with the runs that there are now.
    """

    is_dry_run: bool
    read: str | None
    listed: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    undecided: int = 0
    rejected: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    revived: int = 0
    held_back: int = 0
    conflicts: int = 0
    other_activities: dict[str, int] = field(default_factory=dict)
    calendar: str | None = None
    requests: int | None = None
    requests_left_this_quarter_hour: int | None = None
    requests_left_today: int | None = None
    failures: list[str] = field(default_factory=list)
    failed_checks: list[str] = field(default_factory=list)
    dagster_run_id: str | None = None

    @property
    def changes(self) -> int:
        """How many runs are not as they were."""
        return self.inserted + self.updated + self.deleted + self.revived


def of_outcome(outcome: "JobOutcome") -> StravaSummary:
    """Return what a job did.

    Args:
        outcome: of the job.
    """
    read = outcome.metadata.get("raw/strava_activities", {})
    gear = outcome.metadata.get("raw/strava_gear", {})
    normalized = outcome.metadata.get("normalized/runs", {})
    merged = _of_strava(outcome.metadata.get("runs", {}))
    deleted, revived = merged.get("deleted", 0), merged.get("revived", 0)
    return StravaSummary(
        is_dry_run=False,
        read=read.get("read"),
        listed=read.get("rows_in", 0),
        new=read.get("new", 0),
        changed=read.get("changed", 0),
        unchanged=read.get("unchanged", 0),
        gone=read.get("deleted", 0),
        undecided=read.get("undecided", 0),
        rejected=read.get("rejected", 0) + _of_strava(normalized).get("rejected", 0),
        inserted=merged.get("new", 0),
        updated=merged.get("changed", 0) - deleted - revived,
        deleted=deleted,
        revived=revived,
        held_back=merged.get("held_back", 0),
        conflicts=merged.get("conflicts", 0),
        other_activities=normalized.get("other_activities_by_type", {}),
        calendar=calendar_remark(outcome.metadata),
        requests=read["requests"] + gear.get("requests", 0) if "requests" in read else None,
        requests_left_this_quarter_hour={**read, **gear}.get("requests_left_this_quarter_hour"),
        requests_left_today={**read, **gear}.get("requests_left_today"),
        failures=outcome.failures,
        failed_checks=outcome.failed_checks,
        dagster_run_id=outcome.dagster_run_id,
    )


def of_preview(preview: "Preview") -> StravaSummary:
    """Return what a sync would do.

    Args:
        preview: of the sync.
    """
    read, normalized, merged, left = (
        preview.read,
        preview.normalized,
        preview.merged,
        preview.read.calls_left,
    )
    return StravaSummary(
        is_dry_run=True,
        read=read.plan.kind,
        listed=read.rows_in,
        new=read.new,
        changed=read.changed,
        unchanged=read.unchanged,
        gone=read.deleted,
        undecided=read.undecided,
        rejected=read.rejected + normalized.rejected,
        inserted=merged.inserted,
        updated=merged.updated,
        deleted=merged.deleted,
        revived=merged.revived,
        held_back=merged.held_back,
        conflicts=merged.conflicts,
        other_activities=normalized.others_by_type,
        requests=read.calls,
        requests_left_this_quarter_hour=left.quarter_hour if left is not None else None,
        requests_left_today=left.day if left is not None else None,
    )


def _of_strava(metadata: Mapping[str, Any]) -> Mapping[str, int]:
    """Return what an asset did for Strava; nothing when it did not run."""
    found: Mapping[str, int] = metadata.get("by_provider", {}).get("strava", {})
    return found
