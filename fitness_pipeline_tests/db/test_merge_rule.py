"""The merge keeps to its rule for whatever provider and runner do, in whatever order."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.integrity import runs_unlike_their_newest_version
from fitness_pipeline.db.merge import MergeCounts, merge_runs
from fitness_pipeline_tests.builders import MORNING, new_run, row_versions, say_upstream
from fitness_pipeline_tests.reference import ReferenceRun, assert_as_expected, is_conflict, merged

ROUNDS = 6

# Few values for each field, so that runner and provider often come to the same one.
CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "datetime_utc": st.sampled_from([MORNING, MORNING + timedelta(hours=1), MORNING + timedelta(hours=2)]),
    "type": st.sampled_from(["Outdoor Run", "Treadmill Run"]),
    "distance": st.sampled_from([0.0, 3.0, 3.1]),
    "duration": st.sampled_from([0.0, 1800.0, 1800.5]),
    "avg_heart_rate": st.sampled_from([None, 140.0, 150.5]),
    "shoe_id": st.sampled_from([None, "a", "b"]),
}
VALUES = st.fixed_dictionaries(CHOICES)
IDS = [f"mmf_{number}" for number in range(5)]  # so few that no deletion is ever held back

Step = tuple[str, Any]
Story = list[tuple[Step, Step]]


def stories_with(fields: tuple[str, ...]) -> st.SearchStrategy[Story]:
    """What runner and provider do to one run, merge by merge, touching only some of its fields."""
    some = st.lists(st.sampled_from(fields), min_size=1, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: CHOICES[name] for name in names})
    )
    details = {
        "edit": some,
        "agree": st.sampled_from(fields),
        "restore": st.integers(0, 9),
        "say": some,
        "delete": st.none(),
        "withdraw": st.none(),
        "nothing": st.none(),
    }

    def one_of(*names: str) -> st.SearchStrategy[Step]:
        return st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), details[name]))

    runner = one_of("edit", "edit", "edit", "agree", "agree", "restore", "delete", "nothing")
    provider = one_of("say", "say", "say", "say", "withdraw", "nothing")
    return st.lists(st.tuples(runner, provider), min_size=ROUNDS, max_size=ROUNDS)


# The fewer fields there are, the more often both touch the same.
STORIES = st.sampled_from([tuple(CHOICES), *((name,) for name in CHOICES)]).flatmap(stories_with)

SQL_TYPES = {
    "text": st.none() | st.sampled_from(["a", "b", ""]),
    "double precision": st.none() | st.sampled_from([0.0, -0.0, 0.1 + 0.2, 0.3]),
    "timestamptz": st.none() | CHOICES["datetime_utc"],
}


@pytest.mark.parametrize("sql_type", SQL_TYPES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_rule_for_one_field_is_that_of_the_reference(
    scratch: AnyConnection, sql_type: str, data: st.DataObject
) -> None:
    base, upstream, present = (data.draw(SQL_TYPES[sql_type]) for _ in range(3))
    arguments = ", ".join([f"%s::{sql_type}"] * 3)
    statement = f"select normalized.merged({arguments}), normalized.is_conflict({arguments})"
    row = scratch.execute(statement.encode(), [base, upstream, present] * 2).fetchone()
    assert row == (merged(base, upstream, present), is_conflict(base, upstream, present))


class Both:
    """The database and the reference, which are told the same."""

    def __init__(self, connection: AnyConnection, first: dict[str, Any]) -> None:
        self.connection = connection
        self.reference = {id: ReferenceRun(first) for id in IDS}
        db.shoes.bulk_create_shoes_by_names(["a", "b"], conn=connection)
        say_upstream(connection, *(new_run(id, **first) for id in IDS))

    def merge(self) -> MergeCounts:
        """Merge, and compare."""
        for run in self.reference.values():
            run.merge()
        counts = merge_runs("mmf", conn=self.connection)
        assert_as_expected(self.connection, self.reference)
        return counts

    def runner(self, id: str, step: Step) -> None:
        """Let the runner do what is possible now."""
        what, details = step
        run = self.reference[id]
        if what == "restore" and run.is_inserted:
            number = 1 + details % len(run.versions)
            db.runs_history.restore_run_version(id, number, "Ada", conn=self.connection)
            run.restore(number)
        elif what == "delete" and run.is_inserted:
            db.runs_history.soft_delete_run(id, "Ada", conn=self.connection)
            run.delete()
        elif what in ("edit", "agree") and run.can_be_edited:
            updates = details if what == "edit" else {details: run.upstream[details]}
            db.runs_history.update_run_with_history(id, updates, "Ada", conn=self.connection)
            run.edit(updates)

    def provider(self, steps: dict[str, Step]) -> None:
        """Let the provider speak of several runs at once."""
        said = {
            id: {**self.reference[id].upstream, **details}
            for id, (what, details) in steps.items()
            if what == "say"
        }
        withdrawn = [id for id, (what, _) in steps.items() if what == "withdraw"]
        say_upstream(
            self.connection, *(new_run(id, **values) for id, values in said.items()), others=withdrawn
        )
        for id, values in said.items():
            self.reference[id].say(values)
        for id in withdrawn:
            self.reference[id].withdraw()


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=VALUES,
    stories=st.lists(STORIES, min_size=len(IDS), max_size=len(IDS)),
    merges=st.lists(st.sampled_from([True, True, True, False]), min_size=ROUNDS, max_size=ROUNDS),
)
def test_any_sequence_of_changes_ends_as_the_reference_says(
    scratch: AnyConnection, first: dict[str, Any], stories: list[Story], merges: list[bool]
) -> None:
    with scratch.transaction(force_rollback=True):
        both = Both(scratch, first)
        both.merge()
        for is_merged, *round_ in zip(merges, *stories, strict=True):
            for id, (of_the_runner, _) in zip(IDS, round_, strict=True):
                both.runner(id, of_the_runner)
            both.provider({id: of_the_provider for id, (_, of_the_provider) in zip(IDS, round_, strict=True)})
            if is_merged:
                both.merge()
        both.merge()
        assert runs_unlike_their_newest_version(conn=scratch).count == 0
        before = row_versions(scratch)
        assert both.merge() == MergeCounts()
        assert row_versions(scratch) == before
