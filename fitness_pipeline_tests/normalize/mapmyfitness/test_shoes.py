"""Spellings of one shoe become one shoe when the runner says so."""

import polars as pl

from fitness_pipeline.identity import shoe_id
from fitness_pipeline.normalize.mapmyfitness.shoes import with_shoes


def shoes(*notes: str, **aliases: str) -> list[tuple[str | None, str | None]]:
    rows = with_shoes(pl.DataFrame({"notes": notes}), aliases)
    return rows.select("shoe_name", "shoe_id").rows()


def test_without_aliases_the_spelling_is_the_name() -> None:
    assert shoes("Shoes: Karhu Fusion 3.5") == [("Karhu Fusion 3.5", "karhu_fusion_3_5")]


def test_a_row_without_a_shoe_has_neither_name_nor_id() -> None:
    assert shoes("easy") == [(None, None)]


def test_spellings_that_differ_in_case_have_one_id() -> None:
    assert shoes("Shoes: GHOST 15", "Shoes: Ghost 15") == [("GHOST 15", "ghost_15"), ("Ghost 15", "ghost_15")]


def test_an_alias_gives_the_chosen_name_and_its_id() -> None:
    chosen = "New Balance M1080K10"
    assert shoes("Shoes: m1080-k10!", m1080_k10=chosen) == [(chosen, shoe_id(chosen))]


def test_an_alias_can_change_the_spelling_alone() -> None:
    assert shoes("Shoes: ghost 15", ghost_15="Brooks GHOST 15", other="x") == [
        ("Brooks GHOST 15", "brooks_ghost_15")
    ]
    assert shoes("Shoes: ghost 15", ghost_15="GHOST 15") == [("GHOST 15", "ghost_15")]


def test_aliases_are_not_followed_in_circles() -> None:
    assert shoes("Shoes: A", "Shoes: B", a="B", b="A") == [("B", "b"), ("A", "a")]


def test_rows_stay_in_their_order() -> None:
    names = [name for name, _ in shoes("Shoes: A", "none", "Shoes: B", "Shoes: A")]
    assert names == ["A", None, "B", "A"]
