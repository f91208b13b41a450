"""Whatever happens on Strava and here, and in whichever order: a sync ends where the reference says."""

import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from psycopg.rows import tuple_row

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import Settlement, get_open_conflicts, settle_conflict
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.embedded import EmbeddedServer
from fitness_pipeline.db.integrity import (
    Violations,
    runs_unlike_their_newest_version,
    runs_with_foreign_ids,
    runs_with_impossible_values,
)
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.shoe_retirements import mirror_retirements
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.strava.gear import Gear
from fitness_pipeline.sandbox.strava.limits import Limit
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.rows import Row, compose_row
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline.settings import load_settings
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.read_strava_activities import read_strava_activities
from fitness_pipeline.steps.read_strava_gear import read_strava_gear
from fitness_pipeline.steps.rebuild import verify
from fitness_pipeline.steps.strava_plan import ReadRequest
from fitness_pipeline.steps.strava_session import open_strava_api
from fitness_pipeline_tests.builders import VALUES
from fitness_pipeline_tests.faults.strava_lives import connect, set_environment
from fitness_pipeline_tests.faults.strava_model import (
    READ,
    READ_ALL,
    StravaModel,
    signed_by_strava,
)
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.reference import ReferenceRun, assert_as_expected
from fitness_pipeline_tests.strava import raw_rows

# So long ago that what happens later has happened by the clock of the database, too.
BEGINNING = NOW - timedelta(days=2000)
# So few activities that both sides often meet on one.
MOST_ACTIVITIES = 4
NUMBERS = st.integers(0, 11)
DAYS = st.sampled_from([0, 1, 8, 20])
DAYS_AGO = st.sampled_from([1, 5, 13, 16, 40, 400])
SPORTS = st.sampled_from(["Run"] * 5 + ["VirtualRun", "Ride", "Quidditch"])
METRES = st.sampled_from([5000.0, 8046.72, 9000.0, -1.0])
GEAR_IDS = st.sampled_from([None, "g1", "g2", "g3", "b1"])
HEART_RATES = st.sampled_from([None, 140.0, 150.0, 300.0])
SHOE_IDS = st.sampled_from(["g1", "g2"])
STAGES = st.sampled_from([1, 2, 3, 4, 4, 4, 4])
ALL_STAGES = 4
UPLOADS = st.tuples(
    st.just("upload"),
    st.fixed_dictionaries(
        {"start": DAYS_AGO, "sport_type": SPORTS, "distance_metres": METRES, "gear_id": GEAR_IDS}
    ),
)
CHANGES = st.one_of(
    st.fixed_dictionaries({"start": DAYS_AGO}),
    st.fixed_dictionaries({"distance_metres": METRES}),
    st.fixed_dictionaries({"distance_metres": METRES, "average_heartrate": HEART_RATES}),
    st.fixed_dictionaries({"elapsed_seconds": st.sampled_from([1800, 2700])}),
    st.fixed_dictionaries({"sport_type": SPORTS}),
    st.fixed_dictionaries({"is_trainer": st.booleans()}),
    st.fixed_dictionaries({"average_heartrate": HEART_RATES, "gear_id": GEAR_IDS}),
    st.fixed_dictionaries({"name": st.sampled_from(["Slow", "Fast"])}),
    st.fixed_dictionaries({"visibility": st.sampled_from(["only_me", "everyone"])}),
)
EVENTS = st.lists(
    st.one_of(
        UPLOADS,
        st.tuples(st.just("edit"), st.tuples(NUMBERS, CHANGES)),
        st.tuples(st.just("edit"), st.tuples(NUMBERS, CHANGES)),
        st.tuples(st.sampled_from(["delete", "bring back"]), NUMBERS),
        st.tuples(st.sampled_from(["rename gear", "retire gear", "take gear into use"]), SHOE_IDS),
        st.tuples(st.just("add gear"), st.none()),
    ),
    max_size=4,
)
HIDINGS = st.lists(
    st.tuples(st.just("edit"), st.tuples(NUMBERS, st.just({"visibility": "only_me"}))), max_size=1
)
EDITS = st.one_of(
    st.fixed_dictionaries({"distance": st.sampled_from([3.0, 5.0])}),
    st.fixed_dictionaries({"distance": st.just(4.0), "avg_heart_rate": st.sampled_from([None, 140.0])}),
    st.fixed_dictionaries({"shoe_id": st.sampled_from([None, "own"]), "type": st.just("Treadmill Run")}),
)


class Life(RuleBasedStateMachine):
    """A Strava, a database, and what has to be in it.

    Attributes:
        connection: in a transaction; what a life leaves is taken back at its end.
        database_url: the same database, for tokens and rate limits, which are committed.
        environment: to be changed.
    """

    connection: AnyConnection
    database_url: str
    environment: pytest.MonkeyPatch

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.cleanup.enter_context(self.connection.transaction(force_rollback=True))
        self.clock = SettableClock(BEGINNING)
        self.sandbox = self.cleanup.enter_context(StravaSandbox(clock=self.clock))
        self.sandbox.limits.overall = self.sandbox.limits.read = Limit(10**6, 10**6)
        self.world = self.sandbox.world
        set_environment(self.environment, self.sandbox, self.database_url)
        self.lost: list[Row] = []
        self.uploads = 0
        self.model = StravaModel()
        self.expected: dict[str, ReferenceRun] = {}
        self.scope = READ_ALL

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.sync_everything()
        finally:
            self.cleanup.close()

    @initialize(uploads=st.lists(UPLOADS, min_size=2, max_size=3))
    def begin(self, uploads: list[tuple[str, Any]]) -> None:
        db.shoes.bulk_create_shoes_by_names(["own"], conn=self.connection)
        for gear in (
            Gear(id="g1", brand="Brooks", model="Ghost"),
            Gear(id="g2", brand="Saucony", model="Ride", is_retired=True),
            Gear(id="b1", brand="Trek", model="FX 3"),
        ):
            self.world.gear.put(gear)
        self.connect(READ_ALL)
        self.happen(uploads)
        self.sync(is_full=False, stages=ALL_STAGES)

    # On Strava

    def happen(self, events: list[tuple[str, Any]]) -> None:
        """Change what Strava has."""
        activities = self.world.activities
        for what, value in events:
            if what == "upload" and len(activities) < MOST_ACTIVITIES:
                self.uploads += 1
                start = self._start(self.uploads, value["start"])
                outing = Outing(**{**value, "start": start, "recorder": None})
                activities.put(compose_row(outing, self.uploads))
            elif what == "edit" and len(activities):
                number, changes = value
                id = sorted(row["id"] for row in activities.rows())[number % len(activities)]
                if "start" in changes:
                    changes = {**changes, "start": self._start(id, changes["start"])}
                activities.edit(id, **changes)
            elif what == "delete" and len(activities):
                id = sorted(row["id"] for row in activities.rows())[value % len(activities)]
                self.lost.append(activities.delete(id))
            elif what == "bring back" and self.lost:
                activities.put(self.lost.pop(value % len(self.lost)))
            elif what == "rename gear":
                self.world.gear.rename(value, brand="The", model="old ones", nickname=value)
            elif what == "retire gear":
                self.world.gear.retire(value)
            elif what == "take gear into use":
                self.world.gear.retire(value, is_retired=False)
            elif what == "add gear":
                self.world.gear.put(Gear(id="g3", brand="Hoka", model="Mach"))

    @rule(events=HIDINGS, scope=st.sampled_from([READ, READ_ALL]), stages=STAGES)
    def connect_again(self, events: list[tuple[str, Any]], scope: str, stages: int) -> None:
        """The athlete lets us see more, or less, perhaps after hiding something."""
        self.happen(events)
        self.connect(scope)
        self.sync(is_full=True, stages=stages)

    def connect(self, scope: str) -> None:
        """Connect with a scope."""
        self.world.oauth.unticks = frozenset({READ_ALL} if scope == READ else ())
        connect(self.world)
        self.scope = scope

    # The runner

    @rule(number=NUMBERS, updates=EDITS)
    def edit(self, number: int, updates: dict[str, Any]) -> None:
        ids = sorted(id for id, run in self.expected.items() if run.can_be_edited)
        if ids:
            id = ids[number % len(ids)]
            db.runs_history.update_run_with_history(id, updates, "Ada", conn=self.connection)
            self.expected[id].edit(updates)

    @rule(number=NUMBERS, version=st.none() | NUMBERS)
    def delete_or_restore(self, number: int, version: int | None) -> None:
        ids = sorted(id for id, run in self.expected.items() if run.is_inserted)
        if not ids:
            return
        id = ids[number % len(ids)]
        run = self.expected[id]
        if version is None:
            db.runs_history.soft_delete_run(id, "Ada", conn=self.connection)
            run.delete()
        else:
            version_number = 1 + version % len(run.versions)
            db.runs_history.restore_run_version(id, version_number, "Ada", conn=self.connection)
            run.restore(version_number)

    @rule(number=NUMBERS, updates=EDITS, metres=METRES, heart_rate=HEART_RATES)
    def disagree(self, number: int, updates: dict[str, Any], metres: float, heart_rate: float | None) -> None:
        """The runner edits a run, and then the activity on Strava."""
        ids = sorted(row["id"] for row in self.world.activities.rows())
        run = self.expected.get(f"strava_{ids[number % len(ids)]}") if ids else None
        if run and run.can_be_edited:
            id = ids[number % len(ids)]
            db.runs_history.update_run_with_history(f"strava_{id}", updates, "Ada", conn=self.connection)
            run.edit(updates)
            self.world.activities.edit(id, distance_metres=metres, average_heartrate=heart_rate)
            self.sync(is_full=True, stages=ALL_STAGES)

    @rule(number=NUMBERS, settlement=st.sampled_from(["keep", "take"]))
    def settle(self, number: int, settlement: Settlement) -> None:
        conflicts = get_open_conflicts(conn=self.connection)
        if conflicts:
            conflict = conflicts[number % len(conflicts)]
            settle_conflict(conflict.conflict_id, settlement, "Ada", conn=self.connection)
            self.expected[conflict.run_id].settle(conflict.field, settlement)

    # Syncs

    @rule(events=EVENTS, days=DAYS, is_full=st.booleans(), stages=STAGES)
    def live_and_sync(self, events: list[tuple[str, Any]], days: int, *, is_full: bool, stages: int) -> None:
        """All, or what may be new, comes some of the way or all of it."""
        self.happen(events)
        self.clock.advance(timedelta(days=days))
        self.sync(is_full=is_full, stages=stages)

    @rule(events=EVENTS, months_ago=st.sampled_from([0, 1, 13]), stages=STAGES)
    def live_and_backfill(self, events: list[tuple[str, Any]], months_ago: int, stages: int) -> None:
        """Two months are read again."""
        self.happen(events)
        now = self.clock()
        first = now.year * 12 + now.month - 1 - months_ago
        after, before = (datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in (first, first + 2))
        self._read(ReadRequest(months=(after, before)))
        self.model.read_window(self.world.activities.rows(), self.scope, after, before)
        self._go_on(stages, is_full=False)

    def sync(self, *, is_full: bool, stages: int) -> None:
        """All, or what may be new, comes some of the way or all of it."""
        self._read(ReadRequest(is_full=is_full, is_incremental=not is_full))
        self.model.read(self.world.activities.rows(), self.scope, self.clock(), is_full=is_full)
        self._go_on(stages, is_full=is_full)

    @rule()
    def sync_everything(self) -> None:
        """The weekly sync, with a token that sees everything: the reference says the same as Strava."""
        self.connect(READ_ALL)
        self.clock.advance(timedelta(days=7))
        self.sync(is_full=True, stages=ALL_STAGES)
        self.is_as_expected()
        today = self.clock().date()
        listed = {
            f"strava_{row['id']}": self.model.outcome(row, today) for row in self.world.activities.rows()
        }
        for id, run in self.expected.items():
            kind, values = listed.pop(id, ("withdrawn", None))
            # What cannot be understood stays as it was.
            assert kind == "reject" or run.is_withdrawn == (kind != "run")
            assert kind != "run" or run.upstream == values
        assert "run" not in {kind for kind, _ in listed.values()}
        told = {shoe.name: shoe.retired_at is not None for shoe in db.shoes.get_shoes(conn=self.connection)}
        retired = self.model.retired_shoes()
        assert told == {name: retired.get(name, False) for name in told}
        assert verify(load_settings(), today=today, conn=self.connection).differences == []

    @invariant()
    def is_as_expected(self) -> None:
        assert_as_expected(self.connection, {id: signed_by_strava(run) for id, run in self.expected.items()})
        for check in (runs_unlike_their_newest_version, runs_with_foreign_ids, runs_with_impossible_values):
            assert check(conn=self.connection) == Violations(0, [])

    def _read(self, request: ReadRequest) -> None:
        read_strava_activities(load_settings(), request, clock=self.clock, conn=self.connection)

    def _go_on(self, stages: int, *, is_full: bool) -> None:
        """Take what was read some stages further, and the model with it."""
        assert {row[0]: (row[1], row[4], row[5]) for row in raw_rows(self.connection)} == {
            id: (known.row, known.scope, known.is_deleted) for id, known in self.model.activities.items()
        }
        today = self.clock().date()
        if stages >= 2:
            with open_strava_api(load_settings(), is_live=True, clock=self.clock) as api:
                read_strava_gear(api, is_full=is_full, clock=self.clock, conn=self.connection)
            shelf = {gear.id: gear for gear in self.world.gear.all()}
            self.model.ask_for_gear(shelf, self.clock(), is_full=is_full)
        if stages >= 3:
            normalize("strava", load_settings(), today=today, conn=self.connection)
            self._say(today)
        if stages >= ALL_STAGES:
            merge_runs("strava", are_deletions_confirmed=True, conn=self.connection)
            mirror_retirements(conn=self.connection)
            for run in self.expected.values():
                run.merge()

    def _say(self, today: date) -> None:
        """Tell the reference what normalizing makes of what is stored, after comparing it."""
        outcomes = self.model.outcomes(today)
        for id, (kind, values) in outcomes.items():
            if kind == "run" and values is not None:
                self.expected.setdefault(id, ReferenceRun(values)).say(values)
            elif kind in ("other", "withdrawn") and id in self.expected:
                self.expected[id].withdraw()
        with self.connection.cursor(row_factory=tuple_row) as cursor:
            said = cursor.execute(
                """
                select run_id, withdrawn_reason is not null, datetime_utc, type, distance, duration,
                       avg_heart_rate, shoe_id
                from normalized.runs
                """
            ).fetchall()
        assert {id: (gone, dict(zip(VALUES, values, strict=True))) for id, gone, *values in said} == {
            id: (run.is_withdrawn, run.upstream) for id, run in self.expected.items()
        }

    def _start(self, number: int, days_ago: int) -> datetime:
        """Each activity has minutes of its own, so that no two start at once."""
        return self.clock() - timedelta(days=days_ago, minutes=number)


def test_any_life_ends_where_the_reference_says(
    scratch: AnyConnection,
    server: EmbeddedServer,
    environment: pytest.MonkeyPatch,
    data_dir: Path,
) -> None:
    class HereLife(Life):
        connection = scratch
        database_url = server.url(scratch.info.dbname)

    HereLife.environment = environment
    run_state_machine_as_test(
        HereLife,
        settings=settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
        ),
    )
