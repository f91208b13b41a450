"""Whatever happens to runs, settings and events, in whichever order: the calendar shows the projection."""

import sys
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline.errors import FitnessPipelineError
from fitness_pipeline.sandbox.google_calendar.world import GoogleCalendarWorld
from fitness_pipeline_tests.calendar_sync import (
    CalendarDatabase,
    calendar_database,
    connect_google,
    private,
    synced_runs,
)
from fitness_pipeline_tests.faults.calendar_happenings import Happenings
from fitness_pipeline_tests.faults.calendar_lives import living
from fitness_pipeline_tests.faults.calendar_stories import OTHER
from fitness_pipeline_tests.faults.calendar_strategies import DAYS, EVENTS, RUNS, Event
from fitness_pipeline_tests.faults.calendar_troubles import CALL_TROUBLES, REQUEST_TROUBLES

# No failure is waited out for longer, and no syncs more are needed then.
LONG, SYNCS = timedelta(days=1), 5
# In which the answer is no lie.
TRUE_CALL_TROUBLES = sorted(CALL_TROUBLES.keys() - {"a 404", "a 410"})
TRUE_REQUEST_TROUBLES = sorted(REQUEST_TROUBLES.keys() - {"a silence"})
SETTLES = st.sampled_from([True, True, False])


class Calendars(RuleBasedStateMachine):
    """Runs, a calendar, another one, and syncs, with trouble or not.

    Attributes:
        database: for one life after the other.
        environment: to be changed.
    """

    database: CalendarDatabase
    environment: pytest.MonkeyPatch

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.database.empty()
        self.connection = self.database.connection
        patch = self.cleanup.enter_context(self.environment.context())
        world = GoogleCalendarWorld()
        world.add_calendar(OTHER)
        self.life = self.cleanup.enter_context(living(patch, self.connection, self.database.url, world))
        connect_google(self.life.sandbox)
        patch.setenv("CALENDAR_BATCH_SIZE", "3")
        self.happenings = Happenings(self.life, patch)
        self.projection = self.happenings.projection

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.settle()
        finally:
            self.cleanup.close()

    @initialize(runs=st.lists(RUNS, min_size=1, max_size=2))
    def begin(self, runs: list[dict[str, Any]]) -> None:
        bulk_create_shoes_by_names(["Ghost"], conn=self.connection)
        for values in runs:
            self.happenings.import_run(values)
        self.sync()

    @rule(events=EVENTS, since=DAYS)
    def live_and_sync(self, events: list[Event], since: date | None) -> None:
        """Sync, perhaps to show more from now on."""
        self.happenings.happen(events)
        self.sync(since)

    def sync(self, since: date | None = None) -> None:
        self.happenings.backfill(since)
        if self.happenings.is_troubled:
            self.attempt(since)
            self.settle()
        else:
            assert self.life.sync(since=since).failed == 0
            self.is_as_expected()

    @rule(
        events=EVENTS,
        request=st.none() | st.sampled_from(TRUE_REQUEST_TROUBLES),
        calls=st.lists(st.tuples(st.sampled_from(TRUE_CALL_TROUBLES), st.integers(0, 4)), max_size=2),
        skip=st.integers(0, 2),
        settles=SETTLES,
    )
    def live_and_sync_in_trouble(
        self,
        events: list[Event],
        request: str | None,
        calls: list[tuple[str, int]],
        skip: int,
        settles: bool,
    ) -> None:
        self.happenings.happen(events)
        faults = self.life.sandbox.faults
        if request is not None:
            trouble = REQUEST_TROUBLES[request]
            faults.order(trouble.fault, skip=skip, times=None if trouble.is_lasting else 1)
        for name, spared in calls:
            faults.order(CALL_TROUBLES[name], inner=True, skip=spared)
        self.happenings.be_in_trouble()
        self.attempt(None)
        faults.clear()
        if settles:
            self.settle()

    @precondition(lambda self: not self.happenings.late)
    @rule(events=EVENTS, skip=st.integers(0, 1), settles=SETTLES)
    def live_sync_and_die(self, events: list[Event], skip: int, settles: bool) -> None:
        """Sync, and die after a request, on which Google works later."""
        self.happenings.happen(events)
        self.happenings.sync_and_die(skip)
        if settles:
            self.attempt(None)
            self.settle()

    def attempt(self, since: date | None) -> None:
        """Sync, in vain or not."""
        self.projection.plan()
        with suppress(FitnessPipelineError):
            self.life.sync(since=since)

    def settle(self) -> None:
        """Sync until nothing is left to do."""
        for _ in range(SYNCS):
            self.happenings.advance(LONG)
            self.life.sandbox.log.clear()
            self.attempt(None)
            if not self.life.sandbox.log.requests:
                break
        assert self.life.sandbox.log.requests == []
        self.happenings.is_troubled = False
        self.is_as_expected()

    @invariant()
    def no_event_is_there_twice(self) -> None:
        events = self.happenings.events()
        counts = Counter((calendar, private(row)["fitness_run_id"]) for calendar, row in events)
        assert [which for which, count in counts.items() if count > 1] == []

    def is_as_expected(self) -> None:
        live = {private(row)["fitness_run_id"]: row for _, row in self.happenings.events()}
        declined = self.connection.execute(
            """
            select distinct on (run_id) run_id, is_declined from normalized.calendar_events
            order by run_id, generation desc
            """
        ).fetchall()
        expected = self.projection.settle({id for id, is_so in declined if is_so}, set(live))
        assert self.life.shown() == sorted(expected.values())
        held = self.projection.held.items()
        believed = {id: ["synced", int(shown.version), None] for id, (shown, _) in held}
        assert synced_runs(self.connection) == believed
        for row in live.values():
            assert self.happenings.what_is_missing_of_the_runners(row) == []


def test_any_life_ends_with_the_projection(
    server: EmbeddedServer, migrated_template: str, environment: pytest.MonkeyPatch, data_dir: Path
) -> None:
    with calendar_database(server, migrated_template) as opened:

        class HereCalendars(Calendars):
            database = opened

        HereCalendars.environment = environment
        run_state_machine_as_test(
            HereCalendars,
            settings=settings(
                max_examples=10,
                stateful_step_count=10,
                deadline=None,
                phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
            ),
        )
