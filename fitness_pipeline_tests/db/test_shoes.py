"""Shoes: created by name, retired, taken back into use."""

from datetime import date

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.shoes import count_shoes
from fitness_pipeline.errors import InvalidValue, NotEditable, ShoeNotFound
from fitness_pipeline_tests.builders import row_versions

PEGASUS, GHOST = "Nike Air Zoom Pegasus 38", "Brooks Ghost 15"


@pytest.fixture
def two_shoes(scratch: AnyConnection) -> AnyConnection:
    """A shoe that is retired and one that is not."""
    db.shoes.bulk_create_shoes_by_names([PEGASUS, GHOST], conn=scratch)
    db.shoes.retire_shoe_by_id("nike_air_zoom_pegasus_38", date(2025, 3, 1), "Worn out", conn=scratch)
    return scratch


def names(
    connection: AnyConnection, retired: bool | None = None, *, include_deleted: bool = False
) -> list[str]:
    return [shoe.name for shoe in db.shoes.get_shoes(retired, include_deleted, conn=connection)]


def test_shoes_are_created_by_name(scratch: AnyConnection) -> None:
    ids = db.shoes.bulk_create_shoes_by_names([PEGASUS, GHOST], conn=scratch)
    assert ids == {PEGASUS: "nike_air_zoom_pegasus_38", GHOST: "brooks_ghost_15"}
    shoe = db.shoes.get_shoe_by_id("brooks_ghost_15", conn=scratch)
    assert shoe is not None
    assert (shoe.name, shoe.retired_at, shoe.notes, shoe.retirement_notes, shoe.deleted_at) == (
        GHOST,
        None,
        None,
        None,
        None,
    )


def test_spellings_of_one_name_make_one_shoe_called_by_the_first(scratch: AnyConnection) -> None:
    ids = db.shoes.bulk_create_shoes_by_names(["  Brooks Ghost 15 ", "brooks-ghost 15"], conn=scratch)
    assert set(ids.values()) == {"brooks_ghost_15"}
    assert names(scratch) == [GHOST]


def test_creating_shoes_that_are_there_writes_nothing(two_shoes: AnyConnection) -> None:
    before = row_versions(two_shoes)
    ids = db.shoes.bulk_create_shoes_by_names(iter([GHOST, "BROOKS GHOST 15"]), conn=two_shoes)
    assert ids == {GHOST: "brooks_ghost_15", "BROOKS GHOST 15": "brooks_ghost_15"}
    assert row_versions(two_shoes) == before


def test_creating_no_shoes_is_fine(scratch: AnyConnection) -> None:
    assert db.shoes.bulk_create_shoes_by_names([], conn=scratch) == {}


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_a_shoe_without_a_name_is_refused_with_its_companions(scratch: AnyConnection, name: str) -> None:
    with pytest.raises(InvalidValue, match="needs a name"):
        db.shoes.bulk_create_shoes_by_names([GHOST, name], conn=scratch)
    assert names(scratch) == []


def test_names_in_other_scripts_make_shoes_of_their_own(scratch: AnyConnection) -> None:
    given = ["亚瑟士", "アシックス", "👟", "🥾", "Кроссовки", "naïve"]
    ids = db.shoes.bulk_create_shoes_by_names(given, conn=scratch)
    assert len(set(ids.values())) == len(given)
    assert sorted(names(scratch)) == sorted(given)


def test_existing_shoes_are_found_by_any_spelling(two_shoes: AnyConnection) -> None:
    found = db.shoes.get_existing_shoes_by_names([GHOST, "brooks ghost 15", "Cloud 5"], conn=two_shoes)
    assert found == {GHOST: "brooks_ghost_15", "brooks ghost 15": "brooks_ghost_15"}
    assert db.shoes.get_existing_shoes_by_names([], conn=two_shoes) == {}


def test_shoes_come_by_name_and_can_be_told_apart_by_whether_they_are_retired(
    two_shoes: AnyConnection,
) -> None:
    assert names(two_shoes) == [GHOST, PEGASUS]
    assert names(two_shoes, retired=True) == [PEGASUS]
    assert names(two_shoes, retired=False) == [GHOST]


def test_deleted_shoes_come_only_when_asked_for(two_shoes: AnyConnection) -> None:
    two_shoes.execute("update shoes set deleted_at = now() where id = 'brooks_ghost_15'")
    assert names(two_shoes) == [PEGASUS]
    assert names(two_shoes, include_deleted=True) == [GHOST, PEGASUS]
    assert names(two_shoes, retired=False, include_deleted=True) == [GHOST]
    assert db.shoes.get_shoe_by_id("brooks_ghost_15", conn=two_shoes) is not None
    assert count_shoes(conn=two_shoes) == 1


def test_an_unknown_shoe_is_none(scratch: AnyConnection) -> None:
    assert db.shoes.get_shoe_by_id("cloud_5", conn=scratch) is None


def test_a_shoe_is_retired_with_its_reason(two_shoes: AnyConnection) -> None:
    shoe = db.shoes.retire_shoe_by_id("brooks_ghost_15", date(2025, 4, 1), "Lost", conn=two_shoes)
    assert (shoe.retired_at, shoe.retirement_notes) == (date(2025, 4, 1), "Lost")
    assert db.shoes.get_shoe_by_id("brooks_ghost_15", conn=two_shoes) == shoe


def test_retiring_again_without_a_reason_keeps_the_one_that_is_there(two_shoes: AnyConnection) -> None:
    shoe = db.shoes.retire_shoe_by_id("nike_air_zoom_pegasus_38", date(2025, 5, 1), conn=two_shoes)
    assert (shoe.retired_at, shoe.retirement_notes) == (date(2025, 5, 1), "Worn out")


def test_retiring_as_it_is_already_writes_nothing(two_shoes: AnyConnection) -> None:
    before = row_versions(two_shoes)
    for notes in ("Worn out", None):
        db.shoes.retire_shoe_by_id("nike_air_zoom_pegasus_38", date(2025, 3, 1), notes, conn=two_shoes)
    assert row_versions(two_shoes) == before


def test_a_shoe_is_taken_back_into_use_and_keeps_its_notes(two_shoes: AnyConnection) -> None:
    shoe = db.shoes.unretire_shoe_by_id("nike_air_zoom_pegasus_38", conn=two_shoes)
    assert (shoe.retired_at, shoe.retirement_notes) == (None, "Worn out")
    before = row_versions(two_shoes)
    assert db.shoes.unretire_shoe_by_id("nike_air_zoom_pegasus_38", conn=two_shoes) == shoe
    assert row_versions(two_shoes) == before


def test_an_unknown_shoe_can_be_neither_retired_nor_taken_back(scratch: AnyConnection) -> None:
    with pytest.raises(ShoeNotFound, match="cloud_5"):
        db.shoes.retire_shoe_by_id("cloud_5", date(2025, 5, 1), conn=scratch)
    with pytest.raises(ShoeNotFound, match="cloud_5"):
        db.shoes.unretire_shoe_by_id("cloud_5", conn=scratch)


def test_without_a_connection_the_database_of_the_settings_is_used(database_url: str) -> None:
    db.shoes.bulk_create_shoes_by_names([GHOST])
    assert db.shoes.get_existing_shoes_by_names([GHOST]) == {GHOST: "brooks_ghost_15"}
    db.shoes.retire_shoe_by_id("brooks_ghost_15", date(2025, 5, 1))
    assert [shoe.id for shoe in db.shoes.get_shoes(retired=True)] == ["brooks_ghost_15"]
    db.shoes.unretire_shoe_by_id("brooks_ghost_15")
    shoe = db.shoes.get_shoe_by_id("brooks_ghost_15")
    assert shoe is not None
    assert shoe.retired_at is None
    assert count_shoes() == 1


def test_an_edit_sets_what_it_names_and_leaves_the_rest(two_shoes: AnyConnection) -> None:
    edited = db.shoes.edit_shoe("brooks_ghost_15", {"notes": "Half a size up"}, conn=two_shoes)
    assert (edited.notes, edited.retired_at, edited.retirement_notes) == ("Half a size up", None, None)
    retired = db.shoes.edit_shoe(
        "brooks_ghost_15", {"retired_at": date(2025, 4, 1), "retirement_notes": "Lost"}, conn=two_shoes
    )
    assert (retired.notes, retired.retired_at) == ("Half a size up", date(2025, 4, 1))
    cleared = db.shoes.edit_shoe(
        "brooks_ghost_15", {"retired_at": None, "retirement_notes": None}, conn=two_shoes
    )
    assert (cleared.notes, cleared.retired_at, cleared.retirement_notes) == ("Half a size up", None, None)
    assert db.shoes.get_shoe_by_id("brooks_ghost_15", conn=two_shoes) == cleared


def test_an_edit_of_what_is_there_already_writes_nothing(two_shoes: AnyConnection) -> None:
    before = row_versions(two_shoes)
    same: dict[str, date | str | None] = {
        "retired_at": date(2025, 3, 1),
        "retirement_notes": "Worn out",
        "notes": None,
    }
    db.shoes.edit_shoe("nike_air_zoom_pegasus_38", same, conn=two_shoes)
    db.shoes.edit_shoe("nike_air_zoom_pegasus_38", {}, conn=two_shoes)
    assert row_versions(two_shoes) == before


def test_a_shoe_that_is_not_there_cannot_be_edited(two_shoes: AnyConnection) -> None:
    two_shoes.execute("update shoes set deleted_at = now() where id = 'brooks_ghost_15'")
    before = row_versions(two_shoes)
    for id in ("cloud_5", "brooks_ghost_15"):
        with pytest.raises(ShoeNotFound, match=id):
            db.shoes.edit_shoe(id, {"notes": "!"}, conn=two_shoes)
    assert row_versions(two_shoes) == before


def test_the_name_of_a_shoe_cannot_be_edited(two_shoes: AnyConnection) -> None:
    with pytest.raises(NotEditable, match="retired_at, retirement_notes, notes can"):
        db.shoes.edit_shoe("brooks_ghost_15", {"name": "!"}, conn=two_shoes)


def test_shoes_come_in_pages(two_shoes: AnyConnection) -> None:
    (first,) = db.shoes.get_shoes(limit=1, conn=two_shoes)
    assert first.name == GHOST
    after = db.shoes.position_of(first)
    assert [shoe.name for shoe in db.shoes.get_shoes(after=after, conn=two_shoes)] == [PEGASUS]
    assert db.shoes.get_shoes(retired=False, after=after, conn=two_shoes) == []
