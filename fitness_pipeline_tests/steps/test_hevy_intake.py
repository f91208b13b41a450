"""What a read counts: each workout once, by what happened to it."""

from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.steps.hevy_intake import HevyRead, Outcome

outcomes: st.SearchStrategy[Outcome] = st.sampled_from(["new", "changed", "unchanged", "deleted"])


@given(st.lists(st.tuples(st.sampled_from("abcd"), outcomes)), st.lists(st.sampled_from(["x", "y"])))
def test_every_workout_counts_once(noted: list[tuple[str, Outcome]], rejects: list[str]) -> None:
    read = HevyRead(kind="full")
    for workout_id, outcome in noted:
        read.note([workout_id], outcome)
    read.note_rejects(rejects)
    counted = read.new + read.changed + read.unchanged + read.deleted
    assert counted == len({workout_id for workout_id, _ in noted})
    assert read.rows_in == counted + len(set(rejects))


def test_what_happened_to_a_workout_last_counts_but_what_is_new_stays_new() -> None:
    read = HevyRead(kind="full")
    read.note(["a", "b", "c", "d"], "new")
    read.note(["a", "e"], "changed")
    read.note(["b", "e"], "unchanged")
    read.note(["c", "d"], "deleted")
    read.note(["d"], "changed")
    assert (read.new, read.changed, read.unchanged, read.deleted) == (2, 2, 0, 1)
