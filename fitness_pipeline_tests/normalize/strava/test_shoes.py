"""The gear of an activity decides the shoe, by the name that it had first."""

import polars as pl
import pytest

from fitness_pipeline.normalize.strava.shoes import with_shoes


def shoes(
    gear_ids: list[str | None], names: dict[str, str], aliases: dict[str, str]
) -> list[tuple[str | None, str | None]]:
    rows = with_shoes(pl.DataFrame({"gear_id": pl.Series(gear_ids, dtype=pl.String)}), names, aliases)
    return rows.select("shoe_name", "shoe_id").rows()


def test_gear_of_a_known_name_is_a_shoe() -> None:
    assert shoes(["g1", "g2"], {"g1": "Ghost 15", "g2": "Zoom Fly"}, {}) == [
        ("Ghost 15", "ghost_15"),
        ("Zoom Fly", "zoom_fly"),
    ]


def test_two_pairs_of_one_name_are_one_shoe() -> None:
    assert len(set(shoes(["g1", "g2"], {"g1": "Ghost 15", "g2": "Ghost 15"}, {}))) == 1


def test_gear_that_is_unknown_or_nameless_is_no_shoe() -> None:
    assert shoes([None, "", "g9", "g1"], {"g1": "  "}, {}) == [(None, None)] * 4
    assert shoes(["g9"], {}, {}) == [(None, None)]


def test_a_text_that_goes_on_and_on_is_no_shoe() -> None:
    assert shoes(["g1", "g2"], {"g1": "g" * 200, "g2": "g" * 201}, {}) == [
        ("g" * 200, "g" * 200),
        (None, None),
    ]


def test_a_bike_is_no_shoe() -> None:
    assert shoes(["b1"], {"b1": "Trek FX 3"}, {}) == [(None, None)]


@pytest.mark.parametrize("spelling", ["Ghost 15", "GHOST-15", " ghost 15 "])
def test_an_alias_names_the_shoe_that_the_runner_chose(spelling: str) -> None:
    chosen = "Brooks Ghost 15"
    assert shoes(["g1"], {"g1": spelling}, {"ghost_15": chosen}) == [(chosen, "brooks_ghost_15")]
