"""Any journey of exports, edits, deletions, restores and aliases ends where the reference says."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.integrity import (
    Violations,
    runs_unlike_their_newest_version,
    runs_with_foreign_ids,
    runs_with_impossible_values,
)
from fitness_pipeline.db.merge import MergeCounts
from fitness_pipeline.db.normalized_runs import NormalizedCounts
from fitness_pipeline.db.shoe_aliases import add_shoe_alias, remove_shoe_alias
from fitness_pipeline.steps.ingest_mapmyfitness import IngestedExport, ingest_export
from fitness_pipeline_tests.builders import CHICAGO, Importer, Workout, row_versions
from fitness_pipeline_tests.reference import ReferenceRun, Values, assert_as_expected

# So few workouts that no deletion is ever held back, and few values, so that both sides often agree.
STAGES = 3
NUMBERS = st.integers(1, 4)
TIME_ZONES = st.sampled_from([CHICAGO, CHICAGO, "Europe/Berlin"])
NOON = {
    ("May 6, 2025", CHICAGO): datetime(2025, 5, 6, 17, tzinfo=UTC),
    ("May 6, 2025", "Europe/Berlin"): datetime(2025, 5, 6, 10, tzinfo=UTC),
    ("Jan. 7, 2025", CHICAGO): datetime(2025, 1, 7, 18, tzinfo=UTC),
    ("Jan. 7, 2025", "Europe/Berlin"): datetime(2025, 1, 7, 11, tzinfo=UTC),
}
TYPES = {"Run": "Outdoor Run", "Indoor Run / Jog": "Treadmill Run"}
SHOES = st.sampled_from(["a", "b", "c"])
WORKOUTS = st.lists(
    st.builds(
        Workout,
        id=NUMBERS,
        day=st.sampled_from(["May 6, 2025", "Jan. 7, 2025"]),
        activity=st.sampled_from(["Run", "Run", "Run", "Indoor Run / Jog", "Walk"]),
        distance=st.sampled_from(["3.0", "4.5", "5.25", "far"]),
        heart_rate=st.sampled_from(["", "140", "300"]),
        notes=st.sampled_from(["", "Shoes: A", "Shoes: B", "Easy\nShoes: C"]),
    ),
    min_size=1,
    unique_by=lambda workout: workout.id,
)
EDITS = st.one_of(
    st.fixed_dictionaries({"distance": st.sampled_from([3.0, 4.5, 8.0])}),
    st.fixed_dictionaries({"avg_heart_rate": st.sampled_from([None, 140.0, 150.0])}),
    st.fixed_dictionaries({"shoe_id": st.none() | SHOES, "type": st.sampled_from(sorted(TYPES.values()))}),
)


class Journey(RuleBasedStateMachine):
    """The database, and what has to be in it.

    Attributes:
        connection: in a transaction; what a journey leaves is taken back at its end.
        folder: for exports.
    """

    connection: AnyConnection
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.take = Importer(self.connection, self.folder)
        self.cleanup = ExitStack()
        self.cleanup.enter_context(self.connection.transaction(force_rollback=True))
        self.raw: dict[str, Workout] = {}
        self.expected: dict[str, ReferenceRun] = {}
        self.aliases: dict[str, str] = {}
        self.time_zone = CHICAGO
        self.last_export: Path | None = None
        self.seen: set[bytes] = set()

    def teardown(self) -> None:
        self.cleanup.close()

    @initialize(workouts=WORKOUTS)
    def begin(self, workouts: list[Workout]) -> None:
        db.shoes.bulk_create_shoes_by_names(["a", "b", "c"], conn=self.connection)
        self.take_in(workouts, STAGES, CHICAGO)

    @rule(workouts=WORKOUTS, stages=st.sampled_from([1, 2, STAGES, STAGES, STAGES]), time_zone=TIME_ZONES)
    def take_in(self, workouts: list[Workout], stages: int, time_zone: str) -> None:
        """An export arrives, and is taken some of the way or all of it."""
        self._ingest(workouts)
        if stages >= 2:
            self._normalize(time_zone)
        if stages >= STAGES:
            self._merge()

    @rule(time_zone=TIME_ZONES)
    def take_in_the_same_again(self, time_zone: str) -> None:
        """What was imported completely is not written again, in whatever file it comes."""
        self._normalize(time_zone)
        self._merge()
        assert self.last_export is not None
        self._assert_nothing_is_written_for(self.last_export)
        again = self.take.export(*self.raw.values())
        again.write_text(again.read_text() + "\n" * (1 + len(self.seen)))
        self.seen.add(again.read_bytes())
        written = ("raw.ingested_files", "raw.rejected_rows")  # what a file is by itself
        file = self._assert_nothing_is_written_for(again, *written).file
        assert (file.rows_new, file.rows_changed, file.rows_unchanged) == (0, 0, len(self.raw))

    @rule(number=NUMBERS, updates=EDITS)
    def edit(self, number: int, updates: dict[str, Any]) -> None:
        run = self.expected.get(f"mmf_{number}")
        if run and run.can_be_edited:
            db.runs_history.update_run_with_history(f"mmf_{number}", updates, "Ada", conn=self.connection)
            run.edit(updates)

    @rule(number=NUMBERS, version=st.none() | st.integers(0, 9))
    def delete_or_restore(self, number: int, version: int | None) -> None:
        id = f"mmf_{number}"
        run = self.expected.get(id)
        if run and run.is_inserted and version is None:
            db.runs_history.soft_delete_run(id, "Ada", conn=self.connection)
            run.delete()
        elif run and run.is_inserted:
            version_number = 1 + (version or 0) % len(run.versions)
            db.runs_history.restore_run_version(id, version_number, "Ada", conn=self.connection)
            run.restore(version_number)

    @rule(spelling=SHOES, name=st.none() | SHOES, is_merged=st.booleans())
    def add_or_remove_alias(self, spelling: str, name: str | None, is_merged: bool) -> None:
        leads_on = spelling == name or name in self.aliases or spelling in self.aliases.values()
        if name is not None and not leads_on:
            add_shoe_alias(spelling, name, conn=self.connection)
            self.aliases[spelling] = name
        elif name is None and spelling in self.aliases:
            del self.aliases[spelling]
            remove_shoe_alias(spelling, conn=self.connection)
        if is_merged:
            self._normalize(self.time_zone)
            self._merge()

    @invariant()
    def is_as_expected(self) -> None:
        assert_as_expected(self.connection, self.expected)
        for check in (runs_unlike_their_newest_version, runs_with_foreign_ids, runs_with_impossible_values):
            assert check(conn=self.connection) == Violations(0, [])

    def _ingest(self, workouts: list[Workout]) -> None:
        self.last_export = self.take.export(*workouts)
        content = self.last_export.read_bytes()
        assert ingest_export(self.last_export, conn=self.connection).was_known == (content in self.seen)
        if content not in self.seen:
            self.raw |= {f"mmf_{workout.id}": workout for workout in workouts}
            self.seen.add(content)

    def _normalize(self, time_zone: str) -> None:
        self.time_zone = time_zone
        self.take.normalize(time_zone)
        for id, workout in self.raw.items():
            if workout.activity == "Walk":
                if id in self.expected:
                    self.expected[id].withdraw()
            elif workout.distance != "far":
                values = self._values(workout)
                self.expected.setdefault(id, ReferenceRun(values)).say(values)

    def _merge(self) -> None:
        self.take.merge()
        for run in self.expected.values():
            run.merge()

    def _assert_nothing_is_written_for(self, export: Path, *but: str) -> IngestedExport:
        before = row_versions(self.connection, *but)
        ingested = ingest_export(export, conn=self.connection)
        assert self.take.normalize(self.time_zone) == NormalizedCounts()
        assert self.take.merge() == MergeCounts()
        assert row_versions(self.connection, *but) == before
        return ingested

    def _values(self, workout: Workout) -> Values:
        shoe = workout.notes[-1:].lower()
        return {
            "datetime_utc": NOON[workout.day, self.time_zone],
            "type": TYPES[workout.activity],
            "distance": float(workout.distance),
            "duration": float(workout.seconds),
            "avg_heart_rate": 140.0 if workout.heart_rate == "140" else None,
            "shoe_id": self.aliases.get(shoe, shoe) or None,
        }


def test_every_journey_ends_where_the_reference_says(scratch: AnyConnection, tmp_path: Path) -> None:
    class HereJourney(Journey):
        connection = scratch
        folder = tmp_path

    run_state_machine_as_test(
        HereJourney,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
        ),
    )
