"""The asset `raw/mmf_workouts`: what MapMyFitness exported, cell by cell."""

import time
from pathlib import Path

import dagster as dg
from pydantic import Field

from fitness_pipeline.assets.failures import dagster_failures
from fitness_pipeline.assets.groups import OWNERS
from fitness_pipeline.assets.reporting import Stopwatch, materialized
from fitness_pipeline.errors import UnusableFile
from fitness_pipeline.settings import Settings, load_settings
from fitness_pipeline.steps import inbox

# A file in the inbox that was written to more recently may still be growing.
SETTLED_AFTER_SECONDS = 10


class MapMyFitnessExports(dg.Config):
    """Which exports to import."""

    files: list[str] = Field(
        default_factory=list, description="Paths of CSV exports. Without any: what lies in the inbox."
    )
    time_zone: str | None = Field(
        default=None, description="The IANA zone of their days. Without one: MMF_TIMEZONE."
    )
    read_again: bool = Field(
        default=False,
        description="Read files that were imported before again, as the newest of all. Without it, they "
        "change nothing.",
    )


@dg.asset(
    key=["raw", "mmf_workouts"],
    group_name="mapmyfitness",
    kinds={"csv", "postgres"},
    owners=OWNERS,
    description="The newest exported row of each MapMyFitness workout, all cells as they came.",
)
def mmf_workouts(
    context: dg.AssetExecutionContext, config: MapMyFitnessExports
) -> dg.MaterializeResult[None]:
    """Store the rows of exports that are new or changed, then move files out of the inbox."""
    from fitness_pipeline.steps.ingest_mapmyfitness import ingest_export  # loads polars and pyarrow

    stopwatch = Stopwatch()
    settings = load_settings()
    paths = [Path(file) for file in config.files] or _settled_files(settings.inbox_dir)
    counts = dict.fromkeys(("rows_in", "new", "changed", "unchanged", "rejected"), 0)
    file_ids: list[int] = []
    imported: list[str] = []
    known: dict[str, str] = {}
    refused: dict[str, str] = {}
    done: list[tuple[Path, UnusableFile | None]] = []
    states = {path: inbox.file_state(path) for path in paths if path.is_file()}
    for path in paths:
        with dagster_failures():
            try:
                export = ingest_export(
                    path,
                    time_zone=config.time_zone,
                    is_known_read_again=config.read_again,
                    dagster_run_id=context.run.run_id,
                )
            except UnusableFile as refusal:
                context.log.warning(f"{path.name} is refused: {refusal}")
                refused[path.name] = str(refusal)
                done.append((path, refusal))
                continue
        done.append((path, None))
        file_ids.append(export.file.file_id)
        if export.remark is not None:
            known[path.name] = export.remark
        else:
            imported.append(path.name)
            counts["new"] += export.file.rows_new
            counts["changed"] += export.file.rows_changed
        counts["unchanged"] += (
            export.file.rows_found - export.file.rows_rejected
            if export.was_known
            else export.file.rows_unchanged
        )
        counts["rows_in"] += export.file.rows_found
        counts["rejected"] += export.file.rows_rejected
        news = export.remark or f"{export.file.rows_new} new."
        context.log.info(f"{path.name}: {export.file.rows_found} rows. {news}")
    files = {"file_ids": file_ids, "files_imported": imported, "files_known": known, "files_refused": refused}
    with dagster_failures():
        told = {name: value for name, value in files.items() if value}
        result = materialized("raw.mmf_workouts", {**counts, **told}, stopwatch, newest_by="change_id")
    # Last of all: a retry after a fault finds every file where it was.
    for path, reason in done:
        # A new file that has come under the same name meanwhile is for the next look.
        if path.is_file() and inbox.file_state(path) == states.get(path):
            _leave_inbox(path, settings, reason)
    if refused and not imported and not known:
        raise dg.Failure(description="\n".join(refused.values()), allow_retries=False) from done[0][1]
    return result


def _settled_files(folder: Path) -> list[Path]:
    newest = time.time_ns() - SETTLED_AFTER_SECONDS * 1_000_000_000
    return [file.path for file in inbox.list_inbox(folder) if file.modified_ns <= newest]


def _leave_inbox(path: Path, settings: Settings, refusal: UnusableFile | None) -> None:
    """Move a file that we are done with, if it lies in the inbox; any other file is its owner's."""
    if path.parent.resolve() != settings.inbox_dir.resolve():
        return
    if refusal is None:
        inbox.archive(path, settings.archive_dir)
    else:
        inbox.reject(path, settings.rejected_dir, str(refusal))
