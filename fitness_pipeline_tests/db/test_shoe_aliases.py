"""Aliases: spellings of one shoe, unified by the runner, in the past as well."""

from pathlib import Path

import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.runs_history import update_run_with_history
from fitness_pipeline.db.shoe_aliases import add_shoe_alias, get_shoe_aliases, remove_shoe_alias
from fitness_pipeline.errors import InvalidValue, ShoeNotFound
from fitness_pipeline_tests.builders import Importer, Workout, history, row_versions, the_run


@pytest.fixture
def take(scratch: AnyConnection, tmp_path: Path) -> Importer:
    """Two runs in one shoe, whose name is spelled in two ways."""
    importer = Importer(scratch, tmp_path)
    importer(Workout(id=1, notes="Shoes: Ghost 15"), Workout(id=2, notes="Shoes: Brooks Ghost 15"))
    return importer


def shoe_of(connection: AnyConnection, id: str) -> str | None:
    return the_run(connection, id).shoe_id


def aliases(connection: AnyConnection) -> dict[str, str]:
    return {alias.spelling: alias.shoe_name for alias in get_shoe_aliases(conn=connection)}


def test_an_alias_repairs_the_past_with_history(scratch: AnyConnection, take: Importer) -> None:
    assert shoe_of(scratch, "mmf_1") == "ghost_15"
    add_shoe_alias("ghost 15", "Brooks Ghost 15", conn=scratch)
    assert take.normalize().changed == 1
    assert take.merge().updated == 1
    assert shoe_of(scratch, "mmf_1") == shoe_of(scratch, "mmf_2") == "brooks_ghost_15"
    (original, repaired) = history(scratch, "mmf_1")
    assert (original.shoe_id, repaired.shoe_id) == ("ghost_15", "brooks_ghost_15")
    assert (repaired.change_type, repaired.changed_by, repaired.change_reason) == (
        "edit",
        "mmf",
        "Changed at the source: shoe_id",
    )
    assert len(history(scratch, "mmf_2")) == 1


def test_an_alias_holds_for_runs_to_come(scratch: AnyConnection, take: Importer) -> None:
    add_shoe_alias("Ghost 15", "Brooks Ghost 15", conn=scratch)
    take(Workout(id=3, notes="Shoes: GHOST-15"))
    assert shoe_of(scratch, "mmf_3") == "brooks_ghost_15"
    assert len(history(scratch, "mmf_3")) == 1


def test_removing_an_alias_repairs_the_past_too(scratch: AnyConnection, take: Importer) -> None:
    add_shoe_alias("Ghost 15", "Brooks Ghost 15", conn=scratch)
    take.normalize()
    take.merge()
    remove_shoe_alias("GHOST 15", conn=scratch)
    assert aliases(scratch) == {}
    take.normalize()
    assert take.merge().updated == 1
    assert [version.shoe_id for version in history(scratch, "mmf_1")] == [
        "ghost_15",
        "brooks_ghost_15",
        "ghost_15",
    ]
    assert shoe_of(scratch, "mmf_2") == "brooks_ghost_15"


def test_an_alias_that_comes_and_goes_between_two_imports_changes_no_run(
    scratch: AnyConnection, take: Importer
) -> None:
    add_shoe_alias("Ghost 15", "Brooks Ghost 15", conn=scratch)
    take.normalize()
    remove_shoe_alias("Ghost 15", conn=scratch)
    take.normalize()
    take.merge()
    assert len(history(scratch, "mmf_1")) == 1


def test_the_runners_own_choice_of_a_shoe_outlives_an_alias(scratch: AnyConnection, take: Importer) -> None:
    update_run_with_history("mmf_1", {"shoe_id": None}, "Ada", conn=scratch)
    add_shoe_alias("Ghost 15", "Brooks Ghost 15", conn=scratch)
    take.normalize()
    assert take.merge().conflicts == 1
    assert shoe_of(scratch, "mmf_1") is None


def test_an_alias_can_lead_to_a_shoe_that_is_new(scratch: AnyConnection, take: Importer) -> None:
    add_shoe_alias("Ghost 15", "The blue ones", conn=scratch)
    take.normalize()
    take.merge()
    assert shoe_of(scratch, "mmf_1") == "the_blue_ones"


def test_an_alias_can_be_pointed_elsewhere(scratch: AnyConnection, take: Importer) -> None:
    add_shoe_alias("Ghost 15", "Cloud 5", conn=scratch)
    add_shoe_alias("ghost-15", "Brooks Ghost 15", conn=scratch)
    assert aliases(scratch) == {"ghost-15": "Brooks Ghost 15"}
    take.normalize()
    take.merge()
    assert shoe_of(scratch, "mmf_1") == "brooks_ghost_15"


@pytest.mark.parametrize("same", ["Ghost 15", "GHOST  15", "ghost-15!"])
def test_an_alias_that_leads_to_itself_is_refused(scratch: AnyConnection, same: str) -> None:
    with pytest.raises(InvalidValue, match="same shoe already"):
        add_shoe_alias("Ghost 15", same, conn=scratch)
    assert aliases(scratch) == {}


def test_an_alias_that_leads_to_an_alias_is_refused_in_either_order(scratch: AnyConnection) -> None:
    add_shoe_alias("B", "C", conn=scratch)
    with pytest.raises(InvalidValue, match="itself a spelling of 'C'"):
        add_shoe_alias("A", "b", conn=scratch)
    with pytest.raises(InvalidValue, match="'B' is a spelling of 'c'"):
        add_shoe_alias("c", "D", conn=scratch)
    with pytest.raises(InvalidValue):
        add_shoe_alias("C", "B", conn=scratch)
    assert aliases(scratch) == {"B": "C"}


@pytest.mark.parametrize(("spelling", "name"), [("", "A"), ("A", ""), (" ", "A"), ("A", "\n")])
def test_an_alias_without_one_of_its_names_is_refused(
    scratch: AnyConnection, spelling: str, name: str
) -> None:
    with pytest.raises(InvalidValue, match="needs"):
        add_shoe_alias(spelling, name, conn=scratch)


def test_an_unknown_alias_cannot_be_removed(scratch: AnyConnection) -> None:
    with pytest.raises(ShoeNotFound, match="Ghost 15"):
        remove_shoe_alias("Ghost 15", conn=scratch)


def test_an_alias_that_says_again_what_was_said_repairs_nothing(
    scratch: AnyConnection, take: Importer
) -> None:
    add_shoe_alias("Ghost 15", "Brooks Ghost 15", conn=scratch)
    take.normalize()
    take.merge()
    add_shoe_alias("Ghost 15", "Brooks Ghost 15", conn=scratch)
    before = row_versions(scratch)
    take.normalize()
    take.merge()
    assert row_versions(scratch) == before


def test_without_a_connection_the_database_of_the_settings_is_used(database_url: str) -> None:
    add_shoe_alias("Ghost 15", "Brooks Ghost 15")
    (alias,) = get_shoe_aliases()
    assert (alias.spelling_id, alias.spelling, alias.shoe_name) == ("ghost_15", "Ghost 15", "Brooks Ghost 15")
    remove_shoe_alias("Ghost 15")
    assert get_shoe_aliases() == []
