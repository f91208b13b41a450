"""Runs Dagster jobs in threads of this process: those of one kind in turn, all of them visible in the UI."""

import asyncio
import logging
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

from fastapi import HTTPException

from fitness_pipeline.errors import AlreadyRunning, FitnessPipelineError
from fitness_pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

    from fitness_pipeline.job_outcomes import JobOutcome

_AT_MOST = 20
_CLOSE_SECONDS = 1.0
_STOPPING = (
    "The API was stopped before this was done. What was read until then is kept; ask again once it runs."
)
_CUT_SHORT = (
    "The REST API that ran this was stopped. What a step had not committed is undone, and the next attempt "
    "does it."
)
_log = logging.getLogger(__name__)


class LaunchOptions(TypedDict):
    """What every function of `fitness_pipeline.launch` takes."""

    on_progress: Callable[[str], None]
    dagster_run_id: str


Launch = Callable[["dg.DagsterInstance", LaunchOptions], "JobOutcome"]


@dataclass(frozen=True, eq=False)
class StartedJob:
    """A job that runs, or waits for its turn.

    Attributes:
        dagster_run_id: what its run is called in the Dagster UI, once it is its turn.
    """

    dagster_run_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _result: "Future[JobOutcome]" = field(default_factory=Future)

    async def outcome(self) -> "JobOutcome":
        """Return what it did, in the end; whoever stops waiting leaves it running.

        Raises:
            HTTPException: the API is being stopped.
            DatabaseError: the database cannot be used.
        """
        return await asyncio.wrap_future(self._result)


class Jobs:
    """The jobs of this process.

    Args:
        settings: the database, and Dagster's folder.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._unfinished: set[StartedJob] = set()
        self._is_stopping = threading.Event()
        self._opening = threading.Lock()
        self._opened = ExitStack()
        self._instance: dg.DagsterInstance | None = None

    def start(self, kind: str, launch: Launch, on_end: Callable[[], object] = lambda: None) -> StartedJob:
        """Start a job, and return at once.

        Args:
            kind: those of one kind run one after the other; they would only wait for each other's turn.
            launch: runs it.
            on_end: called in the end, whatever became of it, even if its turn never came.

        Raises:
            AlreadyRunning: too many run or wait.
            HTTPException: the API is being stopped.
        """
        job = StartedJob()
        with self._lock:
            if self._is_stopping.is_set():
                raise HTTPException(503, _STOPPING)
            if len(self._unfinished) >= _AT_MOST:
                raise AlreadyRunning(
                    f"{_AT_MOST} syncs and imports run or wait for their turn already. Wait for some to end, "
                    "then try again."
                )
            self._unfinished.add(job)
            job._result.set_running_or_notify_cancel()  # nobody cancels it by waiting no longer
            turn = self._turns[kind]
        # A daemon, so that one which hangs on a provider does not keep the process from ending.
        work = threading.Thread(target=self._work, args=(job, turn, launch, on_end), name=kind, daemon=True)
        work.start()
        return job

    def stop(self) -> None:
        """Have every job end at its next word: nothing that is committed is lost."""
        self._is_stopping.set()

    def close(self, patience_seconds: float = 2.0) -> None:
        """Stop all jobs, and see to it that none looks as if it still ran.

        Args:
            patience_seconds: how long they may take to end.
        """
        self.stop()
        with self._lock:
            unfinished = list(self._unfinished)
        late = wait([job._result for job in unfinished], patience_seconds).not_done
        for job in unfinished:
            if job._result in late:
                self._record_cut_short(job)
        # Whoever still opens it hangs on a database that does not answer; the process ends without it.
        if self._opening.acquire(timeout=_CLOSE_SECONDS):
            self._opened.close()
            self._opening.release()

    def _work(
        self, job: StartedJob, turn: threading.Lock, launch: Launch, on_end: Callable[[], object]
    ) -> None:
        try:
            try:
                with turn:
                    outcome = self._run(job, launch)
            finally:
                on_end()
                with self._lock:
                    self._unfinished.discard(job)
            job._result.set_result(outcome)
        except BaseException as error:  # noqa: BLE001 - it goes to whoever waits
            _log_failure(job, error)
            job._result.set_exception(error)

    def _run(self, job: StartedJob, launch: Launch) -> "JobOutcome":
        # Dagster takes seconds to load: only for who needs it.
        import dagster as dg

        from fitness_pipeline.automation.dagster_home import explained_loss

        def go_on(_: str) -> None:
            if self._is_stopping.is_set():
                raise dg.DagsterExecutionInterruptedError

        with explained_loss():
            outcome = launch(
                self._open_instance(), {"on_progress": go_on, "dagster_run_id": job.dagster_run_id}
            )
        if outcome.is_interrupted:
            raise HTTPException(503, _STOPPING)
        return outcome

    def _open_instance(self) -> "dg.DagsterInstance":
        from fitness_pipeline.automation.dagster_home import dagster_instance

        with self._opening:
            if self._is_stopping.is_set():
                raise HTTPException(503, _STOPPING)
            if self._instance is None:
                opening = dagster_instance(self._settings, is_for_threads=True)
                self._instance = self._opened.enter_context(opening)
            return self._instance

    def _record_cut_short(self, job: StartedJob) -> None:
        if self._instance is None:
            return
        from fitness_pipeline.automation.dagster_home import explained_loss

        with suppress(FitnessPipelineError), explained_loss():
            run = self._instance.get_run_by_id(job.dagster_run_id)
            if run is not None and not run.is_finished:
                self._instance.report_run_failed(run, _CUT_SHORT)


def _log_failure(job: StartedJob, error: BaseException) -> None:
    """Tell what went wrong besides the job's own failures, which its Dagster run tells of."""
    if isinstance(error, FitnessPipelineError):
        _log.warning("Dagster run %s: %s", job.dagster_run_id, error)
    elif not isinstance(error, HTTPException):
        _log.error("Dagster run %s ended by a fault.", job.dagster_run_id, exc_info=error)
