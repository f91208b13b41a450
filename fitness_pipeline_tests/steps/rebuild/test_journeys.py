"""Whatever providers and runner do, verifying finds nothing; what is damaged by hand, rebuilding mends."""

from contextlib import ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import Settlement, get_open_conflicts, settle_conflict
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.integrity import Violations, runs_unlike_their_newest_version
from fitness_pipeline.db.merge import merge_runs
from fitness_pipeline.db.shoe_aliases import add_shoe_alias, get_shoe_aliases, remove_shoe_alias
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline.steps.normalize import normalize
from fitness_pipeline.steps.rebuild import rebuild, verify
from fitness_pipeline_tests.builders import CHICAGO, TODAY, Importer, Workout, settings_in
from fitness_pipeline_tests.steps.damages import DAMAGES, do_damage, state_of
from fitness_pipeline_tests.strava_raw import activity, delete_activities, put_activities, put_gear

NUMBERS = st.integers(1, 3)
STAGES = st.sampled_from([1, 2, 3, 3, 3])
SHOES = st.sampled_from(["a", "b", "c"])
WORKOUTS = st.lists(
    st.builds(
        Workout,
        id=NUMBERS,
        day=st.sampled_from(["May 6, 2025", "Jan. 7, 2025", "Nov. 4, 2025"]),
        activity=st.sampled_from(["Run", "Run", "Run", "Indoor Run / Jog", "Walk"]),
        distance=st.sampled_from(["3.0", "4.5", "far"]),
        heart_rate=st.sampled_from(["", "140"]),
        notes=st.sampled_from(["", "Shoes: A", "Shoes: B"]),
    ),
    min_size=1,
    unique_by=lambda workout: workout.id,
)
ACTIVITIES = st.lists(
    st.builds(
        activity,
        id=NUMBERS,
        sport_type=st.sampled_from(["Run", "Run", "Run", "TrailRun", "VirtualRun", "Ride"]),
        start_date=st.sampled_from(["2025-05-06T12:30:07Z", "2025-01-07T18:00:00Z", "2025-11-04T07:00:00Z"]),
        distance=st.sampled_from([4828.032, 8000.1, -1]),
        average_heartrate=st.sampled_from([None, 140.0]),
        gear_id=st.sampled_from([None, "g1", "g2", "b1"]),
    ),
    min_size=1,
    unique_by=lambda row: row["id"],
)
CIRCUMSTANCES = st.one_of(
    st.tuples(st.just("gear"), st.tuples(st.sampled_from(["g1", "g2"]), st.sampled_from(["A", "B", "C"]))),
    st.tuples(st.just("alias"), st.tuples(SHOES, SHOES)),
    st.tuples(st.just("time zone"), st.sampled_from([CHICAGO, "Europe/Berlin"])),
    st.tuples(st.just("days"), st.integers(1, 3)),
    st.tuples(st.just("retention"), st.none()),
)
EDITS = st.one_of(
    st.fixed_dictionaries({"distance": st.sampled_from([3.0, 8.0, 8.0])}),
    st.fixed_dictionaries({"avg_heart_rate": st.sampled_from([None, 140.0, 150.0])}),
    st.fixed_dictionaries({"shoe_id": st.none() | SHOES, "duration": st.sampled_from([1800.0, 1801.5])}),
)


class Life(RuleBasedStateMachine):
    """Two providers, a runner and a vandal.

    Attributes:
        connection: in a transaction; what a life leaves is taken back at its end.
        folder: for exports.
    """

    connection: AnyConnection
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.take = Importer(self.connection, self.folder)
        self.cleanup = ExitStack()
        self.cleanup.enter_context(self.connection.transaction(force_rollback=True))
        self.settings = settings_in(CHICAGO)
        self.today: date = TODAY

    def teardown(self) -> None:
        self.cleanup.close()

    @initialize(workouts=WORKOUTS, rows=ACTIVITIES)
    def begin(self, workouts: list[Workout], rows: list[dict[str, Any]]) -> None:
        db.shoes.bulk_create_shoes_by_names(["a", "b", "c", "d"], conn=self.connection)
        put_gear(self.connection, "g1", "A")
        self.export(workouts, 3)
        self.list_activities(rows, 3)

    @rule(workouts=WORKOUTS, stages=STAGES)
    def export(self, workouts: list[Workout], stages: int) -> None:
        """An export arrives, and is taken some of the way or all of it."""
        self.take.ingest(*workouts)
        self._go_on("mmf", stages)

    @rule(rows=ACTIVITIES, stages=STAGES)
    def list_activities(self, rows: list[dict[str, Any]], stages: int) -> None:
        put_activities(self.connection, rows)
        self._go_on("strava", stages)

    @rule(id=NUMBERS, stages=STAGES)
    def delete_activity(self, id: int, stages: int) -> None:
        delete_activities(self.connection, id)
        self._go_on("strava", stages)

    @rule(circumstance=CIRCUMSTANCES)
    def circumstances_change(self, circumstance: tuple[str, Any]) -> None:
        """What rows are read by changes, or some of them are not there any more."""
        match circumstance:
            case "gear", (gear_id, name):
                put_gear(self.connection, gear_id, name)
            case "alias", (spelling, name):
                self._add_or_remove_alias(spelling, name)
            case "time zone", name:
                self.settings = settings_in(name)
            case "days", count:
                self.today += timedelta(days=count)
            case _:
                self.connection.execute(
                    "update raw.strava_activities set payload = null where activity_id = 3"
                )

    @rule(data=st.data(), updates=EDITS)
    def edit(self, data: st.DataObject, updates: dict[str, Any]) -> None:
        if runs := db.runs.get_all_runs(conn=self.connection):
            id = data.draw(st.sampled_from(sorted(run.id for run in runs)))
            db.runs_history.update_run_with_history(id, updates, "Ada", conn=self.connection)

    @rule(data=st.data(), version=st.none() | st.integers(0, 9))
    def delete_or_restore(self, data: st.DataObject, version: int | None) -> None:
        if not (id := self._any_run(data)):
            return
        if version is None:
            db.runs_history.soft_delete_run(id, "Ada", conn=self.connection)
        else:
            newest = db.runs_history.get_latest_version_number(id, conn=self.connection) or 1
            db.runs_history.restore_run_version(id, 1 + version % newest, "Ada", conn=self.connection)

    @rule(data=st.data(), settlement=st.sampled_from(["keep", "take"]))
    def settle(self, data: st.DataObject, settlement: Settlement) -> None:
        if conflicts := get_open_conflicts(conn=self.connection):
            number = data.draw(st.sampled_from(sorted(found.conflict_id for found in conflicts)))
            settle_conflict(number, settlement, "Grace", conn=self.connection)

    @rule(data=st.data(), damage=st.sampled_from(sorted(DAMAGES)))
    def damage(self, data: st.DataObject, damage: str) -> None:
        """What somebody changes by hand is found, and put right as it was."""
        rebuild(self.settings, today=self.today, conn=self.connection)
        if not (id := self._any_run(data)):
            return
        before = state_of(self.connection)
        if not do_damage(self.connection, damage, id):
            return
        found = verify(self.settings, today=self.today, conn=self.connection).differences
        assert {difference.id for difference in found} == {id}
        assert rebuild(self.settings, today=self.today, conn=self.connection).found.differences == found
        assert state_of(self.connection) == before

    @invariant()
    def nothing_differs(self) -> None:
        assert verify(self.settings, today=self.today, conn=self.connection).differences == []
        assert runs_unlike_their_newest_version(conn=self.connection) == Violations(0, [])

    def _add_or_remove_alias(self, spelling: str, name: str) -> None:
        if spelling in {alias.spelling_id for alias in get_shoe_aliases(conn=self.connection)}:
            remove_shoe_alias(spelling, conn=self.connection)
            return
        with suppress(InvalidValue):  # it would lead on
            add_shoe_alias(spelling, name, conn=self.connection)

    def _go_on(self, provider: str, stages: int) -> None:
        if stages >= 2:
            normalize(provider, self.settings, today=self.today, conn=self.connection)
        if stages >= 3:
            merge_runs(provider, conn=self.connection)

    def _any_run(self, data: st.DataObject) -> str | None:
        ids = sorted(db.runs.get_existing_run_ids(conn=self.connection))
        return data.draw(st.sampled_from(ids)) if ids else None


def test_no_life_leaves_a_difference_and_no_damage_lasts(scratch: AnyConnection, tmp_path: Path) -> None:
    class HereLife(Life):
        connection = scratch
        folder = tmp_path

    run_state_machine_as_test(
        HereLife,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
        ),
    )
