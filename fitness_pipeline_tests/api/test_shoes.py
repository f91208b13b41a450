"""`/shoes`."""

from typing import Any

import httpx
import pytest

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.shoes import bulk_create_shoes_by_names
from fitness_pipeline_tests.builders import row_versions

PEGASUS = {
    "id": "nike_pegasus",
    "name": "Nike Pegasus",
    "retired_at": None,
    "notes": None,
    "retirement_notes": None,
    "deleted_at": None,
}
LONG = "x" * 7000
REFUSED: tuple[tuple[str, str], ...] = (
    ('{"retired_at": "yesterday"}', "retired_at"),
    ('{"retired_at": 1700000000}', "retired_at"),
    ('{"retired_at": "2026-03-01T00:00:00Z"}', "retired_at"),
    ('{"retired_at": "2026-02-30"}', "retired_at"),
    ('{"retired_at": false}', "retired_at"),
    ('{"notes": "a\\u0000"}', "notes"),
    ('{"notes": "\\ud800"}', "notes"),
    ('{"retirement_notes": 5}', "retirement_notes"),
    ('{"name": "Mine"}', "name"),
    ('{"id": "mine"}', "id"),
)


@pytest.fixture
def two_shoes(connection: AnyConnection) -> AnyConnection:
    """Two shoes in use."""
    bulk_create_shoes_by_names(["Nike Pegasus", "Brooks Ghost"], conn=connection)
    return connection


def listed_one_by_one(asking: httpx.Client) -> list[str]:
    """The names of all shoes in use, in pages of one."""
    answer = asking.get("/shoes", params={"limit": 1, "retired": "false"})
    found = [shoe["name"] for shoe in answer.json()]
    while "next" in answer.links:
        answer = asking.get(answer.links["next"]["url"])
        found += [shoe["name"] for shoe in answer.json()]
    return found


def patch(editor: httpx.Client, **fields: Any) -> dict[str, Any]:
    """Edit the one shoe; return what it is then."""
    answer = editor.patch("/shoes/nike_pegasus", json=fields)
    assert answer.status_code == 200, answer.text
    shoe: dict[str, Any] = answer.json()["shoe"]
    return shoe


def test_shoes_are_listed_in_the_order_of_their_names(viewer: httpx.Client, two_shoes: AnyConnection) -> None:
    assert [shoe["name"] for shoe in viewer.get("/shoes").json()] == ["Brooks Ghost", "Nike Pegasus"]
    assert viewer.get("/shoes").json()[1] == PEGASUS
    assert viewer.get("/shoes/").json() == viewer.get("/shoes").json()


def test_shoes_have_pages(viewer: httpx.Client, connection: AnyConnection) -> None:
    names = ["Brooks", "Nike", "アシックス", "👟" * 300]
    bulk_create_shoes_by_names(names, conn=connection)
    assert listed_one_by_one(viewer) == names


def test_names_as_long_as_notes_have_pages_and_can_be_edited(
    editor: httpx.Client, connection: AnyConnection
) -> None:
    names = {LONG, f"{LONG} 2", f"{LONG} 3", "靴" * 7000}
    bulk_create_shoes_by_names(names, conn=connection)
    found = listed_one_by_one(editor)
    assert (set(found), len(found)) == (names, len(names))
    answer = editor.patch(f"/shoes/{LONG}", json={"notes": "!"})
    assert (answer.status_code, answer.json()["shoe"]["name"]) == (200, LONG)


def test_shoes_are_told_apart_by_whether_they_are_retired(
    editor: httpx.Client, two_shoes: AnyConnection
) -> None:
    patch(editor, retired_at="2026-03-01")
    for retired, id in (("true", "nike_pegasus"), ("false", "brooks_ghost")):
        (shoe,) = editor.get("/shoes", params={"retired": retired}).json()
        assert shoe["id"] == id


def test_a_shoe_is_retired_with_a_reason(editor: httpx.Client, two_shoes: AnyConnection) -> None:
    answer = editor.patch(
        "/shoes/nike_pegasus", json={"retired_at": "2026-03-01", "retirement_notes": "Worn out"}
    )
    retired = {**PEGASUS, "retired_at": "2026-03-01", "retirement_notes": "Worn out"}
    assert answer.json() == {"message": "Nike Pegasus is retired since 2026-03-01.", "shoe": retired}


@pytest.mark.parametrize("body", [{}, {"retired_at": None}], ids=["empty", "null"])
def test_an_empty_body_and_null_take_a_shoe_back_into_use(
    editor: httpx.Client, two_shoes: AnyConnection, body: dict[str, None]
) -> None:
    patch(editor, retired_at="2026-03-01", retirement_notes="Worn out", notes="Half a size up")
    shoe = patch(editor, **body)
    assert (shoe["retired_at"], shoe["retirement_notes"], shoe["notes"]) == (
        None,
        "Worn out",
        "Half a size up",
    )


def test_what_does_not_speak_of_the_retirement_leaves_it_as_it_is(
    editor: httpx.Client, two_shoes: AnyConnection
) -> None:
    assert patch(editor, notes="Half a size up")["retired_at"] is None
    assert patch(editor, retired_at="2026-03-01")["notes"] == "Half a size up"
    shoe = patch(editor, notes=None, retirement_notes="Worn out")
    assert (shoe["retired_at"], shoe["notes"], shoe["retirement_notes"]) == ("2026-03-01", None, "Worn out")


def test_an_edit_that_changes_nothing_writes_nothing(editor: httpx.Client, two_shoes: AnyConnection) -> None:
    patch(editor, retired_at="9999-12-31")
    before = row_versions(two_shoes)
    patch(editor, retired_at="9999-12-31", notes=None)
    assert row_versions(two_shoes) == before


def test_what_a_shoe_cannot_be_is_refused_by_name(editor: httpx.Client, two_shoes: AnyConnection) -> None:
    editor.get("/shoes")
    before = row_versions(two_shoes)
    for body, field in REFUSED:
        answer = editor.patch(
            "/shoes/nike_pegasus", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, body
        assert answer.json()["detail"][0]["loc"] == ["body", field]
    assert row_versions(two_shoes) == before


def test_an_unknown_or_deleted_shoe_is_not_found(editor: httpx.Client, two_shoes: AnyConnection) -> None:
    two_shoes.execute("update shoes set deleted_at = now() where id = 'nike_pegasus'")
    for id in ("cloud_5", "nike_pegasus"):
        assert editor.patch(f"/shoes/{id}", json={"notes": "!"}).status_code == 404
    assert [shoe["id"] for shoe in editor.get("/shoes").json()] == ["brooks_ghost"]


def test_who_may_only_read_edits_no_shoe(viewer: httpx.Client, two_shoes: AnyConnection) -> None:
    assert viewer.patch("/shoes/nike_pegasus", json={"notes": "!"}).status_code == 403


def test_nobody_sees_shoes_without_a_token(stranger: httpx.Client) -> None:
    answer = stranger.get("/shoes")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_health_is_open_to_everybody(stranger: httpx.Client) -> None:
    assert stranger.get("/health").json()["database"] == "ok"
