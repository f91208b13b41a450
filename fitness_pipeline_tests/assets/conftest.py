"""Runs the job of the MapMyFitness assets over a fresh database and a data folder of a test's own."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from fitness_pipeline.definitions import defs


@dataclass(frozen=True)
class Outcome:
    """What a run of the job did.

    Attributes:
        metadata: asset to what its materialization tells.
        failures: step to the sentence that it failed with.
        checks: check to what it found.
        retries: the steps that asked for another attempt.
    """

    success: bool
    dagster_run_id: str
    metadata: dict[str, dict[str, Any]]
    failures: dict[str, str]
    checks: dict[str, dg.AssetCheckEvaluation]
    retries: list[str]


RunJob = Callable[..., Outcome]


@pytest.fixture
def run_job(database_url: str, data_dir: Path) -> Iterator[RunJob]:
    """A function that runs the job `mapmyfitness`, over files or over what lies in the inbox."""
    job = defs.resolve_job_def("mapmyfitness")
    with dg.DagsterInstance.ephemeral() as instance:

        def run(
            files: Sequence[Path] = (),
            *,
            only: Sequence[str] | None = None,
            on_retry: Callable[[], None] | None = None,
            **config: Any,
        ) -> Outcome:
            exports = {**config, **({"files": [str(file) for file in files]} if files else {})}
            ops = {"raw__mmf_workouts": {"config": exports}} if only is None else {}
            run_id = str(uuid.uuid4())
            retries: list[str] = []

            def listen(entry: dg.EventLogEntry) -> None:
                event = entry.dagster_event
                if event is not None and event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY:
                    retries.append(str(event.step_key))
                    if on_retry is not None:
                        on_retry()

            instance.add_event_listener(run_id, listen)
            result = job.execute_in_process(
                run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                instance=instance,
                run_id=run_id,
                asset_selection=None if only is None else [dg.AssetKey.from_user_string(key) for key in only],
                raise_on_error=False,
            )
            return Outcome(
                result.success,
                run_id,
                _metadata(result),
                _failures(result),
                {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()},
                retries,
            )

        yield run


def _metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    made = [
        event.step_materialization_data.materialization for event in result.get_asset_materialization_events()
    ]
    return {
        materialization.asset_key.to_user_string(): {
            name: value.value for name, value in materialization.metadata.items()
        }
        for materialization in made
    }


def _failures(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    failures = {}
    for event in result.filter_events(lambda event: event.is_step_failure):
        told = event.step_failure_data.user_failure_data
        failures[str(event.step_key)] = (told.description if told else None) or ""
    return failures
