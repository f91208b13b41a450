"""Whatever happens to runs, settings and events, in whichever order: the calendar shows the projection."""

import sys
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import replace
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

from fitness_pipeline.db.calendar_wishes import decline_event, want_event_again
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.runs_history import restore_run_version, soft_delete_run, update_run_with_history
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline.errors import FitnessPipelineError
from fitness_pipeline.sandbox.google_calendar.rows import Row
from fitness_pipeline.sandbox.google_calendar.world import OWNER, PRIMARY, GoogleCalendarWorld
from fitness_pipeline.settings import load_settings
from fitness_pipeline_tests.builders import create_runs, new_run
from fitness_pipeline_tests.calendar_sync import (
    NOW,
    CalendarDatabase,
    calendar_database,
    connect_google,
    private,
    synced_runs,
)
from fitness_pipeline_tests.faults.calendar_late import LateRequest
from fitness_pipeline_tests.faults.calendar_lives import living
from fitness_pipeline_tests.faults.calendar_model import METRIC_TITLE, Look
from fitness_pipeline_tests.faults.calendar_projection import Projection
from fitness_pipeline_tests.faults.calendar_stories import ADA, OTHER
from fitness_pipeline_tests.faults.calendar_troubles import CALL_TROUBLES, LATEST_WORK, REQUEST_TROUBLES

# So few runs that much happens to each.
MOST_RUNS = 2
# No failure is waited out for longer, and no syncs more are needed then.
LONG, SYNCS = timedelta(days=1), 5
NUMBERS = st.sampled_from([0, 0, 1])
STARTS = st.sampled_from([0, 1, 30, 80, 100, 400]).map(lambda days: NOW - timedelta(days=days, minutes=7))
NOONS = st.sampled_from([2, 20, 95]).map(
    lambda days: (NOW - timedelta(days=days)).replace(hour=18, minute=0, second=0)  # in Chicago
)
RUNS = st.one_of(
    st.fixed_dictionaries({"datetime_utc": STARTS, "source": st.just("Strava")}),
    st.fixed_dictionaries({"datetime_utc": NOONS, "source": st.just("MapMyFitness")}),
)
EDITS = st.one_of(
    st.fixed_dictionaries({"distance": st.sampled_from([3.0, 4.0, 6.2])}),
    st.fixed_dictionaries({"avg_heart_rate": st.sampled_from([None, 151.0])}),
    st.fixed_dictionaries({"shoe_id": st.sampled_from([None, "ghost"])}),
    st.fixed_dictionaries({"datetime_utc": STARTS}),
)
DAYS = st.none() | st.sampled_from([5, 85, 99, 500]).map(lambda days: (NOW - timedelta(days=days)).date())
# In which the answer is no lie.
TRUE_CALL_TROUBLES = sorted(CALL_TROUBLES.keys() - {"a 404", "a 410"})
TRUE_REQUEST_TROUBLES = sorted(REQUEST_TROUBLES.keys() - {"a silence"})
SETTLES = st.sampled_from([True, True, False])
MINUTES = st.sampled_from([1, 9, 16, 70, 1500])


# What happens, how often, and the arguments of the method of that name below.
HAPPENINGS: dict[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {
    "import_run": (1, (RUNS,)),
    "edit": (4, (NUMBERS, EDITS)),
    "delete": (2, (NUMBERS,)),
    "restore": (2, (NUMBERS,)),
    "rename_the_shoe": (1, (st.sampled_from(["Ghost", "Ghost 15"]),)),
    "set_the_look": (1, (st.booleans(), st.booleans())),
    "set_another_calendar": (1, ()),
    "set_the_first_day": (1, (DAYS,)),
    "remove": (1, (NUMBERS,)),
    "resync": (2, (NUMBERS,)),
    "delete_in_google": (4, (NUMBERS,)),
    "edit_in_google": (2, (NUMBERS, st.booleans(), st.integers(1, 60))),
    "empty_the_bin": (1, (st.booleans(),)),
    "pass_time": (1, (MINUTES,)),
    "google_works_on_it": (1, ()),
}
Event = tuple[str, tuple[Any, ...]]
EVENTS: st.SearchStrategy[list[Event]] = st.lists(
    st.sampled_from([name for name, (weight, _) in HAPPENINGS.items() for _ in range(weight)]).flatmap(
        lambda name: st.tuples(st.just(name), st.tuples(*HAPPENINGS[name][1]))
    ),
    min_size=1,
    max_size=6,
)


class Calendars(RuleBasedStateMachine):
    """Runs, a calendar, another one, and what has to be on them.

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
        self.patch = patch
        world = GoogleCalendarWorld()
        world.add_calendar(OTHER)
        self.life = self.cleanup.enter_context(living(patch, self.connection, self.database.url, world))
        self.world = world
        connect_google(self.life.sandbox)
        patch.setenv("CALENDAR_BATCH_SIZE", "3")
        self.projection = Projection(self.connection, NOW, Look(calendar=OWNER))
        self.late: list[LateRequest] = []
        self.late_until = NOW
        self.is_troubled = False
        self.notes: dict[str, list[str]] = {}
        self.reminders: dict[str, Row] = {}

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
            self.import_run(values)
        self.sync()

    def happen(self, events: list[Event]) -> None:
        """Change things."""
        for name, arguments in events:
            getattr(self, name)(*arguments)

    # Runs

    def import_run(self, values: dict[str, Any]) -> None:
        number = len(self.projection.runs())
        if number < MOST_RUNS:
            source = "strava" if values["source"] == "Strava" else "mmf"
            create_runs(self.connection, new_run(f"{source}_{number}", **values))

    def edit(self, number: int, updates: dict[str, Any]) -> None:
        if (id := self.run(number, is_deleted=False)) is not None:
            update_run_with_history(id, updates, ADA, conn=self.connection)

    def delete(self, number: int) -> None:
        if (id := self.run(number, is_deleted=False)) is not None:
            soft_delete_run(id, ADA, conn=self.connection)

    def restore(self, number: int) -> None:
        if (id := self.run(number, is_deleted=True)) is not None:
            restore_run_version(id, 1, ADA, conn=self.connection)

    def rename_the_shoe(self, name: str) -> None:
        self.connection.execute("update shoes set name = %s where id = 'ghost'", [name])

    # Settings

    def set_the_look(self, is_metric: bool, is_all_day: bool) -> None:
        self.projection.look = replace(self.projection.look, is_metric=is_metric, is_all_day=is_all_day)
        self.patch.delenv("CALENDAR_TITLE", raising=False)
        if is_metric:
            self.patch.setenv("CALENDAR_TITLE", METRIC_TITLE)
        self.patch.setenv("CALENDAR_ALL_DAY", str(is_all_day))

    def set_another_calendar(self) -> None:
        calendar = OTHER if self.projection.look.calendar == OWNER else OWNER
        self.projection.look = replace(self.projection.look, calendar=calendar)
        self.patch.setenv("GOOGLE_CALENDAR_ID", PRIMARY if calendar == OWNER else calendar)

    def set_the_first_day(self, day: date | None) -> None:
        self.projection.configured = day
        self.patch.delenv("CALENDAR_SYNC_SINCE", raising=False)
        if day is not None:
            self.patch.setenv("CALENDAR_SYNC_SINCE", f"{day}")

    # What the runner says, here and in Google

    def remove(self, number: int) -> None:
        if (id := self.run(number, is_deleted=False)) is not None:
            decline_event(id, load_settings().google_calendar_id, conn=self.connection)
            self.projection.declined.add(id)
            self.projection.asked.discard(id)
            self.projection.known.add(id)

    def resync(self, number: int) -> None:
        id = self.run(number, is_deleted=False)
        if id is not None and id not in self.projection.unclear:
            want_event_again(id, load_settings().google_calendar_id, conn=self.connection)
            self.projection.declined.discard(id)
            self.projection.known.add(id)
            self.projection.asked.add(id)

    def delete_in_google(self, number: int) -> None:
        if (row := self.live(number)) is not None:
            calendar, event = row
            id = private(event)["fitness_run_id"]
            self.world.calendar(calendar).delete_as_the_runner(event["id"])
            if self.is_troubled or calendar != self.projection.look.calendar:
                self.projection.unclear.add(id)
                self.projection.asked.discard(id)
            else:
                self.projection.binned.add(id)

    def edit_in_google(self, number: int, is_before: bool, minutes: int) -> None:
        if (row := self.live(number)) is not None:
            calendar, event = row
            notes = self.notes.setdefault(event["id"], [])
            notes.append(f"Note {len(notes)}.")
            parts = [event["description"], notes[-1]]
            reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": minutes}]}
            self.reminders[event["id"]] = reminders
            self.world.calendar(calendar).edit_as_the_runner(
                event["id"], description="\n".join(parts[::-1] if is_before else parts), reminders=reminders
            )

    def empty_the_bin(self, refuses: bool) -> None:
        """Deleted events disappear from Google, and later ones can be revived or not."""
        self.world.refuses_reviving = refuses
        if not self.late:
            for calendar in self.world.calendars():
                for event in calendar.all():
                    if event.is_cancelled:
                        calendar.purge(event.row["id"])

    # Syncs

    def pass_time(self, minutes: int) -> None:
        self.advance(timedelta(minutes=minutes))

    @rule(events=EVENTS, since=DAYS)
    def live_and_sync(self, events: list[Event], since: date | None) -> None:
        """Sync, perhaps to show more from now on."""
        self.happen(events)
        self.sync(since)

    def sync(self, since: date | None = None) -> None:
        self.backfill(since)
        if self.is_troubled:
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
        self.happen(events)
        faults = self.life.sandbox.faults
        if request is not None:
            trouble = REQUEST_TROUBLES[request]
            faults.order(trouble.fault, skip=skip, times=None if trouble.is_lasting else 1)
        for name, spared in calls:
            faults.order(CALL_TROUBLES[name], inner=True, skip=spared)
        self.be_in_trouble()
        self.attempt(None)
        faults.clear()
        if settles:
            self.settle()

    @precondition(lambda self: not self.late)
    @rule(events=EVENTS, skip=st.integers(0, 1), settles=SETTLES)
    def live_sync_and_die(self, events: list[Event], skip: int, settles: bool) -> None:
        """Sync, and die after a request, on which Google works later."""
        self.happen(events)
        late = LateRequest(self.life)
        self.be_in_trouble()
        self.projection.plan()
        if late.send(skip):
            self.late.append(late)
            self.late_until = self.life.clock() + LATEST_WORK
        if settles:
            self.attempt(None)
            self.settle()

    def google_works_on_it(self) -> None:
        while self.late:
            self.late.pop().be_worked_on()

    def settle(self) -> None:
        """Sync until nothing is left to do."""
        for _ in range(SYNCS):
            self.advance(LONG)
            self.life.sandbox.log.clear()
            self.attempt(None)
            if not self.life.sandbox.log.requests:
                break
        assert self.life.sandbox.log.requests == []
        self.is_troubled = False
        self.is_as_expected()

    @invariant()
    def no_event_is_there_twice(self) -> None:
        counts = Counter((calendar, private(row)["fitness_run_id"]) for calendar, row in self.all_live())
        assert [which for which, count in counts.items() if count > 1] == []

    def is_as_expected(self) -> None:
        live = {private(row)["fitness_run_id"]: (calendar, row) for calendar, row in self.all_live()}
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
        for _, row in live.values():
            assert [note for note in self.notes.get(row["id"], []) if note not in row["description"]] == []
            assert row["reminders"] == self.reminders.get(row["id"], row["reminders"])

    # Help

    def run(self, number: int, *, is_deleted: bool) -> str | None:
        """One of the runs that are deleted, or of the others."""
        runs = [run.id for run in self.projection.runs() if run.is_deleted == is_deleted]
        return runs[number % len(runs)] if runs else None

    def all_live(self) -> list[tuple[str, Row]]:
        """Our events, with their calendars."""
        return [(calendar.id, row) for calendar in self.world.calendars() for row in calendar.live()]

    def live(self, number: int) -> tuple[str, Row] | None:
        """One of them."""
        rows = self.all_live()
        return rows[number % len(rows)] if rows else None

    def advance(self, by: timedelta) -> None:
        """Let time pass; what Google works on late is done before it is too late."""
        if self.late and self.life.clock() + by > self.late_until:
            self.google_works_on_it()
        self.life.clock.advance(by)

    def backfill(self, since: date | None) -> None:
        if since is not None:
            former = self.projection.backfilled
            self.projection.backfilled = since if former is None else min(since, former)

    def be_in_trouble(self) -> None:
        """From now on, nobody can tell what was noticed of what the runner deleted in Google."""
        self.is_troubled = True
        self.projection.unclear |= self.projection.binned - self.projection.asked
        self.projection.binned.clear()

    def attempt(self, since: date | None) -> None:
        """Sync, in vain or not."""
        self.projection.plan()
        with suppress(FitnessPipelineError):
            self.life.sync(since=since)


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
