"""Row numbers skip the rows that were set aside."""

import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from fitness_pipeline.providers.mapmyfitness.numbering import RowNumbers


def test_numbers_begin_with_one() -> None:
    assert RowNumbers().take(3).to_list() == [1, 2, 3]


def test_the_last_number_is_known() -> None:
    numbers = RowNumbers()
    assert numbers.last == 0
    numbers.take(5)
    assert numbers.last == 5


def test_a_skipped_number_is_left_out_in_whichever_group_it_falls() -> None:
    numbers = RowNumbers()
    numbers.skip(2)
    numbers.skip(5)
    assert numbers.take(3).to_list() == [1, 3, 4]
    assert numbers.take(2).to_list() == [6, 7]


def test_a_stretch_of_skipped_rows_costs_no_memory() -> None:
    numbers = RowNumbers()
    tracemalloc.start()
    for row_number in range(2, 50_000):
        numbers.skip(row_number)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 5_000
    assert numbers.take(2).to_list() == [1, 50_000]


@settings(deadline=None)
@given(st.lists(st.lists(st.booleans(), max_size=8), max_size=8))
def test_each_row_gets_its_place_however_rows_are_grouped(groups: list[list[bool]]) -> None:
    numbers = RowNumbers()
    place = 0
    for group in groups:
        expected = []
        for is_sound in group:
            place += 1
            if is_sound:
                expected.append(place)
            else:
                numbers.skip(place)
        assert numbers.take(len(expected)).to_list() == expected
