"""Whatever happens at Hevy and here, and in whichever order: a sync ends where the reference says."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fitness_pipeline.db.exercise_templates import get_exercise_templates
from fitness_pipeline.db.hevy_workouts import count_workouts
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.world import HevyWorld
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Change, DuplicateRow, Fault, Reset, Truncation
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.faults.hevy_lives import Attempt, living
from fitness_pipeline_tests.faults.hevy_model import (
    HevyModel,
    assert_lifts_are_the_workouts,
    assert_templates_are_those,
    templates_of_lifts,
)
from fitness_pipeline_tests.faults.hevy_stories import BENCH_PRESS, MINE, OURS, SQUAT, session, template
from fitness_pipeline_tests.faults.rewinding import Rewinding
from fitness_pipeline_tests.moments import NOW

# So few workouts that much happens to each, and more than a page of events.
MOST_WORKOUTS = 14
NUMBERS = st.integers(0, 13)
TEMPLATE_IDS = st.sampled_from([SQUAT, BENCH_PRESS, MINE, OURS])
TITLES = st.sampled_from(["Legs", "Arms", " ", "No\0text"])
KINDS = st.sampled_from([{}, {}, {"checks_count": True}, {"is_full": True}])
PASSED = st.sampled_from([0, 1, 60, 61, 60 * 24 * 4, 60 * 24 * 8])
STARTS = st.sampled_from(["2026-02-01T20:00:00Z", "2026-02-02T20:00:00+02:00", None, "in the evening"])
CHANGES = st.one_of(
    st.fixed_dictionaries({"title": TITLES}),
    st.fixed_dictionaries({"title": TITLES, "updated_at": st.none()}),
    st.fixed_dictionaries({"description": st.sampled_from(["", "tired"]), "end_time": STARTS}),
    st.fixed_dictionaries({"start_time": STARTS}),
)
EVENTS = st.lists(
    st.tuples(
        PASSED,
        st.one_of(
            st.tuples(st.just("add"), st.tuples(st.integers(0, 40), TEMPLATE_IDS)),
            st.tuples(st.just("edit"), st.tuples(NUMBERS, CHANGES)),
            st.tuples(st.just("edit"), st.tuples(NUMBERS, CHANGES)),
            st.tuples(st.just("do something else"), st.tuples(NUMBERS, TEMPLATE_IDS)),
            st.tuples(st.just("delete"), st.tuples(NUMBERS, st.booleans())),
            st.tuples(st.just("put back"), NUMBERS),
            st.tuples(st.sampled_from(["make template", "rename template", "lose template"]), TEMPLATE_IDS),
        ),
    ),
    max_size=6,
)
Events = Sequence[tuple[int, tuple[str, Any]]]
FAULTS: dict[str, Fault] = {
    "a reset": Reset(),
    "half an answer": Truncation(),
    "an answer that ends too early": Truncation(is_noticed=False),
    "an outage": Answer(errors.outage()),
    "a 401": Answer(errors.unauthorized()),
    "a 429 for an hour": Answer(errors.rate_limited(3600)),
    "an error that says 200": Answer(json_reply({"error": "Not today"})),
    "a row that comes twice": DuplicateRow(),
}


class AnyLife(RuleBasedStateMachine):
    """A Hevy, a database, and what has to be in it.

    Attributes:
        database: a migrated one.
        environment: to be changed.
    """

    database: Rewinding
    environment: pytest.MonkeyPatch

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.database.rewind()
        self.clock = SettableClock(NOW)
        world = HevyWorld(templates=[template(SQUAT), template(BENCH_PRESS), template(MINE)])
        self.life = self.cleanup.enter_context(
            living(self.environment, self.database.connection, self.database.url, world, self.clock)
        )
        self.world = self.life.world
        self.model = HevyModel()
        self.lost: list[dict[str, Any]] = []
        self.denied_templates: set[str] = set()
        self.is_blind = False

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.sync_everything()
        finally:
            self.cleanup.close()

    @initialize(
        workouts=st.sampled_from([0, 2, 2, 12]),
        events=EVENTS,
        keeps_former_events=st.booleans(),
        is_empty_page_missing=st.booleans(),
    )
    def begin(
        self, workouts: int, events: Events, *, keeps_former_events: bool, is_empty_page_missing: bool
    ) -> None:
        self.world.workouts.keeps_former_events = keeps_former_events
        self.world.is_empty_page_missing = is_empty_page_missing
        self.happen([(1, ("add", (number, SQUAT))) for number in range(workouts)])
        self.happen(events)

    # At Hevy

    def happen(self, events: Events) -> None:
        """Change what Hevy has."""
        for minutes, (what, value) in events:
            self.clock.advance(timedelta(minutes=minutes))
            self.change(self.world, what, value)
            self.model.see(self.world.workouts.rows())

    def change(self, world: HevyWorld, what: str, value: Any) -> None:
        """Have one thing happen, if it can."""
        workouts, templates = world.workouts, world.templates
        ids = sorted(workouts.ids())
        if what == "add" and len(ids) < MOST_WORKOUTS:
            days, template_id = value
            workouts.add(session(self.clock() - timedelta(days=days), template_id))
        elif what == "edit" and ids:
            number, fields = value
            workouts.edit(ids[number % len(ids)], **fields)
        elif what == "do something else" and ids:
            number, template_id = value
            exercises = [{"exercise_template_id": template_id, "sets": [{"weight_kg": number, "reps": 3}]}]
            workouts.edit(ids[number % len(ids)], exercises=exercises)
        elif what == "delete" and ids:
            number, tells_when = value
            self.lost.append(workouts.delete(ids[number % len(ids)], tells_when=tells_when))
        elif what == "put back" and self.lost:
            workouts.put(self.lost.pop(value % len(self.lost)))
        elif what == "make template":
            templates.put(template(value))
        elif what == "rename template" and value in templates:
            templates.rename(value, f"Another name of {self.clock()}")
        elif what == "lose template" and value in templates:
            templates.delete(value)

    # Syncs

    @rule(events=EVENTS, kind=KINDS)
    def live_and_sync(self, events: Events, kind: dict[str, bool]) -> None:
        self.happen(events)
        self.sync(kind)

    @rule(
        events=EVENTS,
        kind=KINDS,
        fault=st.sampled_from(sorted(FAULTS)),
        skip=st.integers(0, 8),
        times=st.integers(1, 7),
    )
    def sync_with_trouble(
        self, events: Events, kind: dict[str, bool], fault: str, skip: int, times: int
    ) -> None:
        """It fails, or ends like any other."""
        self.happen(events)
        before = self.life.position
        # What is not understood of a single template is believed for some days.
        path = "/v1/workouts*" if fault == "an error that says 200" else "*"
        self.life.sandbox.faults.order(FAULTS[fault], path=path, skip=skip, times=times)
        attempt = self.life.attempt(**kind)
        self.life.sandbox.faults.clear()
        if attempt.error is None:
            self.compare(attempt, kind)
        elif not kind.get("checks_count"):
            assert self.life.position == before

    @rule(events=EVENTS, kind=KINDS, meanwhile=EVENTS, skip=st.integers(0, 6))
    def sync_while_things_happen(
        self, events: Events, kind: dict[str, bool], meanwhile: Events, skip: int
    ) -> None:
        """What is missed by one sync is there after the next."""
        self.happen(events)
        self.life.sandbox.faults.order(Change(lambda _: self.happen(meanwhile)), skip=skip)
        attempt = self.life.attempt(**kind)
        # That there was nothing may not be true any more when it is made sure of.
        assert attempt.error is None or self.world.is_empty_page_missing
        self.life.sandbox.faults.clear()
        self.model.assert_history_goes_on(self.life.connection, is_undisturbed=False)
        self.sync({})

    @precondition(lambda self: not self.world.is_empty_page_missing)
    @rule(events=EVENTS, kind=KINDS, later=EVENTS)
    def sync_after_the_feed_forgot_something(
        self, events: Events, kind: dict[str, bool], later: Events
    ) -> None:
        """A listing finds it, unless a feed of nothing says 404 and seems not to be there at all."""
        self.happen(events)
        self.world.workouts.forget_events(self.clock())
        self.is_blind = True
        self.happen(later)
        self.sync(kind)
        self.sync_everything()

    @rule()
    def sync_everything(self) -> None:
        self.sync({"is_full": True})
        assert not self.is_blind

    @rule()
    def find_nothing_new(self) -> None:
        """A sync after another one makes one call and writes nothing."""
        self.sync({})
        before = row_versions(self.life.connection)
        attempt = self.life.attempt()
        assert attempt.read is not None
        assert attempt.templates is not None
        calls = attempt.read.calls + attempt.templates.calls
        assert calls == 1 or self.world.is_empty_page_missing
        assert row_versions(self.life.connection) == before

    def sync(self, kind: dict[str, bool]) -> None:
        """Sync with nobody in the way."""
        attempt = self.life.attempt(**kind)
        assert attempt.error is None
        self.compare(attempt, kind)

    def compare(self, attempt: Attempt, kind: dict[str, bool]) -> None:
        """Compare what there is after a sync that came to its end, and during which nothing happened."""
        connection = self.life.connection
        assert attempt.read is not None
        assert attempt.templates is not None
        self.model.assert_history_goes_on(connection, is_undisturbed=True)
        if attempt.read.kind == "full":
            assert attempt.read.undecided == 0
            self.is_blind = False
        if not self.is_blind:
            assert_lifts_are_the_workouts(connection, self.world)
            assert count_workouts(conn=connection).total == len(self.world.workouts)
        if attempt.templates.reason is not None:
            return
        named = templates_of_lifts(connection)
        known = {template.id for template in get_exercise_templates(conn=connection)}
        if kind:
            assert_templates_are_those(connection, self.world)
            self.denied_templates = set()
        there = {row["id"] for row in self.world.templates.rows()}
        assert named & there <= known | self.denied_templates
        self.denied_templates |= named - there - known


def test_any_life_ends_where_the_reference_says(
    fresh_for_hevy: Rewinding, environment: pytest.MonkeyPatch, data_dir: Path
) -> None:
    class HereLife(AnyLife):
        database = fresh_for_hevy

    HereLife.environment = environment
    run_state_machine_as_test(
        HereLife,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
        ),
    )
