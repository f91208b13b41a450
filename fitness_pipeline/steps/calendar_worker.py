"""Writes events in batches, and records before each request what it is to do and after it what came of it."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fitness_pipeline.calendar.calls import Answer, Call
from fitness_pipeline.calendar.event_content import EventContent, content_of
from fitness_pipeline.calendar.late_requests import doubt_after
from fitness_pipeline.calendar.next_call import next_call
from fitness_pipeline.calendar.outcomes import (
    CALENDAR_MISSING,
    CALENDAR_READ_ONLY,
    Outcome,
    outcome_of,
    refused,
)
from fitness_pipeline.db.calendar_events import Beginning, Finding, record_beginnings, record_findings
from fitness_pipeline.db.calendar_work import EventToWorkOn, count_work, events_to_work_on
from fitness_pipeline.db.calendars import end_pauses, find_calendar, pause
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.errors import OutOfQuota, ProviderUnavailable
from fitness_pipeline.providers.google_calendar.api import CalendarApi
from fitness_pipeline.providers.google_calendar.pace import Pace
from fitness_pipeline.settings import Settings
from fitness_pipeline.steps.calendar_obstacles import no_access
from fitness_pipeline.steps.calendar_settings import event_rules
from fitness_pipeline.steps.plan_calendar import CalendarPlan

# So often in one sync an event is tried which Google does not take.
_TRIES = 6
_BATCHES_IN_VAIN = 2 * _TRIES
_FIRST_RETRY, _LATEST_RETRY = timedelta(minutes=5), timedelta(days=1)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(hours=1), timedelta(days=1)
_RATE_WINDOW = timedelta(minutes=1)
# So long after it was sent a request is worked on at the latest: a network delivers within two minutes what
# a process has left behind, and no server of Google's works on one for longer than ten (a guess).
_LATEST_WORK = timedelta(minutes=15)
_LONGEST_WAIT_SECONDS = 32.0


@dataclass(kw_only=True)
class CalendarWork:
    """What a sync did.

    Attributes:
        plan: what there was to do when it began.
        declined: events that turned out to have been deleted by the runner.
        failed: events that Google refused; each is tried again later.
        requests: HTTP requests; a batch is one.
    """

    plan: CalendarPlan = field(default_factory=CalendarPlan)
    created: int = 0
    updated: int = 0
    deleted: int = 0
    declined: int = 0
    failed: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How time passes.

    Attributes:
        clock: tells the time.
        sleep: waits for so many seconds.
        chance: gives numbers from 0 to 1, so that many who wait do not come back at once.
        batches_in_vain: after so many in a row of which nothing was taken, Google itself is to blame.
    """

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], object] = time.sleep
    chance: Callable[[], float] = random.random
    batches_in_vain: int = _BATCHES_IN_VAIN


class CalendarWorker:
    """Works off what is not as it is wanted.

    Attributes:
        done: what was done so far.

    Args:
        settings: how events are made of runs, and how many are written with one request.
        connection: outside of a transaction.
        api: Google.
        patience: how time passes.
        on_progress: told what is being done.
    """

    def __init__(
        self,
        settings: Settings,
        connection: AnyConnection,
        api: CalendarApi,
        patience: Patience,
        on_progress: Callable[[str], object],
    ) -> None:
        self.done = CalendarWork()
        self._settings = settings
        self._rules = event_rules(settings)
        self._connection = connection
        self._api = api
        self._patience = patience
        self._on_progress = on_progress
        self._pace = Pace(lambda: patience.clock().timestamp())
        self._tries: Counter[int] = Counter()
        self._batches_in_trouble = 0
        self._batches_in_vain = 0
        self._is_calendar_there = False

    def begin(self) -> None:
        """Note what there is to do.

        Raises:
            OutOfQuota: there is something, and Google is to be left alone for now.
        """
        self.done.plan = plan = CalendarPlan.of(count_work(self._patience.clock(), conn=self._connection))
        if plan == CalendarPlan():
            return
        self._on_progress(f"To do: {plan.sentence}.")
        self._require_no_pause()

    def work(self, run_id: str | None = None) -> bool:
        """Work off one batch; return whether there was anything to do.

        Args:
            run_id: whose events alone; None for all.

        Raises:
            NeedsReauthorization, PermissionRefused, CalendarMissing: a person has to act.
            OutOfQuota, ProviderUnavailable: not now. In all of these cases everything that was done is
                recorded.
        """
        items = events_to_work_on(
            self._settings.calendar_batch_size, self._patience.clock(), run_id=run_id, conn=self._connection
        )
        if not items:
            return False
        if run_id is not None:
            self._require_no_pause()
        contents = [content_of(item.run, self._rules) for item in items]
        calls = [next_call(item.event, content) for item, content in zip(items, contents, strict=True)]
        self._wait_for_turn(len(calls))
        items = self._begun(items, calls, contents)
        answers = self._with_calendar_looked_at(calls, self._api.make(calls))
        self.done.requests = self._api.requests
        outcomes = [
            self._outcome(item, call, content, answer)
            for item, call, content, answer in zip(items, calls, contents, answers, strict=True)
        ]
        self._record(items, outcomes, answers)
        self._face_trouble(calls, outcomes, answers)
        return True

    def _require_no_pause(self) -> None:
        calendar = find_calendar(conn=self._connection)
        until = calendar.paused_until if calendar is not None else None
        if until is not None and self._patience.clock() < until:
            raise _out_of_quota(until)

    def _wait_for_turn(self, calls: int) -> None:
        if (seconds := self._pace.seconds_to_wait(calls)) > 0:
            self._on_progress(f"Waiting {seconds:.0f} s: Google takes so many events a minute.")
            self._patience.sleep(seconds)
        self._pace.record(calls)

    def _begun(
        self, items: Sequence[EventToWorkOn], calls: Sequence[Call], contents: Sequence[EventContent]
    ) -> list[EventToWorkOn]:
        """Record what is about to be asked; return the events as they are known then."""
        begun = []
        beginnings = []
        for item, call, content in zip(items, calls, contents, strict=True):
            if call.kind != "look":
                part = None if call.kind == "delete" else content.description
                event = replace(item.event, unfinished=call.kind, unfinished_description=part)
                beginnings.append(Beginning(event_row=event.id, unfinished=call.kind, description=part))
                item = replace(item, event=event)
            begun.append(item)
        if beginnings:
            with self._connection.transaction():
                record_beginnings(self._connection, beginnings)
        return begun

    def _with_calendar_looked_at(self, calls: Sequence[Call], answers: list[Answer]) -> list[Answer]:
        """Tell events that are missing from a calendar that is."""
        current = self._settings.google_calendar_id
        doubtful = [
            number
            for number, (call, answer) in enumerate(zip(calls, answers, strict=True))
            if answer.status == 404 and call.calendar_id == current and call.kind != "insert"
        ]
        if not doubtful or self._is_calendar_there:
            return answers
        is_there = self._api.is_calendar_there(current)
        if is_there:
            self._is_calendar_there = True
            return answers
        meaning = Answer(status=0) if is_there is None else Answer(status=404, reason=CALENDAR_MISSING)
        return [meaning if number in doubtful else answer for number, answer in enumerate(answers)]

    def _outcome(self, item: EventToWorkOn, call: Call, content: EventContent, answer: Answer) -> Outcome:
        """Tell a calendar that was left behind, and may not be written to, from the one that counts."""
        outcome = outcome_of(item.event, call, content, answer)
        is_current = call.calendar_id == self._settings.google_calendar_id
        if answer.reason == CALENDAR_READ_ONLY and not is_current:
            outcome = refused(outcome.event, answer)
        return replace(outcome, event=replace(outcome.event, doubt=doubt_after(item.event, call, answer)))

    def _record(
        self, items: Sequence[EventToWorkOn], outcomes: Sequence[Outcome], answers: Sequence[Answer]
    ) -> None:
        findings = [
            self._finding(item, outcome, answer)
            for item, outcome, answer in zip(items, outcomes, answers, strict=True)
        ]
        with self._connection.transaction():
            record_findings(self._connection, findings)
        for outcome in outcomes:
            if outcome.change is not None:
                setattr(self.done, outcome.change, getattr(self.done, outcome.change) + 1)
        self.done.failed += sum(finding.error is not None for finding in findings)

    def _finding(self, item: EventToWorkOn, outcome: Outcome, answer: Answer) -> Finding:
        event, failure = outcome.event, outcome.failure
        if outcome.trouble not in ("busy", "quota", "no_access"):
            self._tries[event.id] += 1
        if failure is None and self._tries[event.id] >= _TRIES and outcome.change is None:
            failure = f"Google did not take it in {_TRIES} tries. {answer.message}".strip()
            event = replace(event, failures=event.failures + 1)
        return Finding(
            event=event,
            is_synced=outcome.change in ("created", "updated"),
            is_declined_now=event.is_declined and not item.event.is_declined,
            error=failure,
            retry_at=None if failure is None else self._patience.clock() + _distance(event.failures),
            doubt_until=None if event.doubt is None else self._patience.clock() + _LATEST_WORK,
            needs_new_id=outcome.needs_new_id,
        )

    def _face_trouble(
        self, calls: Sequence[Call], outcomes: Sequence[Outcome], answers: Sequence[Answer]
    ) -> None:
        """Wait, or give up for now, if Google itself is in trouble."""
        troubles = {outcome.trouble for outcome in outcomes}
        if "no_access" in troubles:
            number = next(n for n, outcome in enumerate(outcomes) if outcome.trouble == "no_access")
            raise no_access(calls[number], answers[number])
        if "quota" in troubles:
            self._pause()
        if not troubles & {"busy", "unsure"}:
            self._batches_in_trouble = self._batches_in_vain = 0
            end_pauses(conn=self._connection)
            return
        self._batches_in_trouble += 1
        self._batches_in_vain = self._batches_in_vain + 1 if troubles <= {"busy", "unsure"} else 0
        if self._batches_in_vain >= self._patience.batches_in_vain:
            if "busy" in troubles:
                raise _out_of_quota(self._patience.clock() + _RATE_WINDOW)
            raise ProviderUnavailable(
                "Google Calendar does not take events just now. What was done is recorded; the next sync "
                "goes on by itself."
            )
        longest = min(_LONGEST_WAIT_SECONDS, 2.0**self._batches_in_trouble)
        self._on_progress("Google is busy; trying again in a moment.")
        self._patience.sleep(longest * self._patience.chance())

    def _pause(self) -> None:
        calendar = find_calendar(conn=self._connection)
        pauses = calendar.pauses if calendar is not None else 0
        until = self._patience.clock() + min(_FIRST_PAUSE * 2 ** min(pauses, 8), _LONGEST_PAUSE)
        pause(until, conn=self._connection)
        raise _out_of_quota(until)


def _distance(failures: int) -> timedelta:
    """Return how long to leave an event alone that failed so often in a row."""
    doublings = min(max(failures, 1) - 1, 16)
    return min(_FIRST_RETRY * (1 << doublings), _LATEST_RETRY)


def _out_of_quota(until: datetime) -> OutOfQuota:
    return OutOfQuota(
        f"Google Calendar takes no more events until {until:%Y-%m-%d %H:%M} UTC: its quota is used up. What "
        "was done is recorded; the next sync after that goes on by itself.",
        resets_at=until,
        is_daily=False,
    )
