"""Gear as Strava sent it: stored when it is new or differs, and called for ever what it was called first."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.strava_gear import (
    get_gear_names,
    get_gear_to_ask_for,
    get_shoe_gear,
    record_unreadable_gear,
    store_gear,
)
from fitness_pipeline.errors import InvalidValue
from fitness_pipeline_tests.strava_raw import FETCHED, put_gear

LATER = FETCHED + timedelta(days=7)


def stored(connection: AnyConnection, id: str = "g1") -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select * from raw.strava_gear where gear_id = %s", [id]).fetchone()
    assert row is not None
    return row


def known(connection: AnyConnection, *ids: str) -> None:
    for id in ids:
        connection.execute("insert into raw.strava_gear (gear_id) values (%s)", [id])


def test_gear_that_an_activity_named_becomes_known(scratch: AnyConnection) -> None:
    known(scratch, "g1")
    assert put_gear(scratch, "g1", "Ghost 15", distance=966309) == "new"
    row = stored(scratch)
    assert row["payload"] == {"id": "g1", "name": "Ghost 15", "retired": False, "distance": 966309}
    assert (row["first_name"], row["asked_at"], row["fetched_at"]) == ("Ghost 15", FETCHED, FETCHED)
    assert row["unreadable_reason"] is None


def test_gear_that_comes_unchanged_is_only_noted_as_asked_for(scratch: AnyConnection) -> None:
    put_gear(scratch, "g1", "Ghost 15")
    before = stored(scratch)
    assert put_gear(scratch, "g1", "Ghost 15", at=LATER) == "unchanged"
    assert stored(scratch) == {**before, "asked_at": LATER}


def test_a_renamed_gear_keeps_its_first_name(scratch: AnyConnection) -> None:
    put_gear(scratch, "g1", "Ghost 15")
    assert put_gear(scratch, "g1", "Old faithful", is_retired=True, at=LATER) == "changed"
    row = stored(scratch)
    assert (row["first_name"], row["payload"]["name"], row["fetched_at"]) == (
        "Ghost 15",
        "Old faithful",
        LATER,
    )


def test_gear_that_cannot_be_read_keeps_what_came_before(scratch: AnyConnection) -> None:
    put_gear(scratch, "g1", "Ghost 15")
    before = stored(scratch)
    record_unreadable_gear("g1", "It is gone.", LATER, conn=scratch)
    assert stored(scratch) == {**before, "asked_at": LATER, "unreadable_reason": "It is gone."}
    assert put_gear(scratch, "g1", "Ghost 15", at=LATER) == "unchanged"
    assert stored(scratch)["unreadable_reason"] is None


@pytest.mark.parametrize("text", [r'{"name": "a\u0000"}', r'{"name": "a\ud800"}', '{"name": NaN}'])
def test_what_postgres_cannot_hold_is_an_error_that_takes_nothing_with_it(
    scratch: AnyConnection, text: str
) -> None:
    put_gear(scratch, "g1", "Ghost 15")
    before = stored(scratch)
    with pytest.raises(InvalidValue):
        store_gear(
            "g1", text, hashlib.sha256(text.encode()).digest(), LATER, dagster_run_id=None, conn=scratch
        )
    assert stored(scratch) == before


def test_only_gear_that_was_never_asked_for_is_asked_for(scratch: AnyConnection) -> None:
    known(scratch, "g2", "b3")
    put_gear(scratch, "g1", "Ghost 15")
    assert sorted(get_gear_to_ask_for(LATER, asked_before=None, conn=scratch)) == ["b3", "g2"]


def test_gear_that_was_asked_for_long_ago_can_be_asked_for_again(scratch: AnyConnection) -> None:
    put_gear(scratch, "g1", "Ghost 15")
    put_gear(scratch, "g2", "Zoom Fly", at=LATER)
    assert get_gear_to_ask_for(LATER, asked_before=LATER, conn=scratch) == ["g1"]
    assert get_gear_to_ask_for(LATER, asked_before=FETCHED, conn=scratch) == []


def test_each_day_another_piece_comes_first(scratch: AnyConnection) -> None:
    known(scratch, *(f"g{number}" for number in range(5)))
    days = [FETCHED + timedelta(days=number) for number in range(20)]
    firsts = {get_gear_to_ask_for(day, asked_before=None, conn=scratch)[0] for day in days}
    assert len(firsts) > 1
    same_day = [get_gear_to_ask_for(FETCHED, asked_before=None, conn=scratch) for _ in range(2)]
    assert same_day[0] == same_day[1]


def test_shoes_are_the_gear_with_a_name_that_is_no_bike(scratch: AnyConnection) -> None:
    known(scratch, "g9")
    put_gear(scratch, "g1", "Ghost 15", is_retired=True)
    put_gear(scratch, "g2", "Zoom Fly")
    put_gear(scratch, "b1", "Trek FX 3", is_retired=True)
    assert get_gear_names(conn=scratch) == {"g1": "Ghost 15", "g2": "Zoom Fly"}
    assert {gear.gear_id: gear.is_retired for gear in get_shoe_gear(conn=scratch)} == {
        "g1": True,
        "g2": False,
    }


def test_gear_of_which_strava_does_not_say_it_is_not_retired(scratch: AnyConnection) -> None:
    text = '{"name": "Ghost 15"}'
    store_gear("g1", text, hashlib.sha256(text.encode()).digest(), FETCHED, dagster_run_id=None, conn=scratch)
    assert [gear.is_retired for gear in get_shoe_gear(conn=scratch)] == [False]


def test_without_a_connection_the_database_of_the_settings_is_used(connection: AnyConnection) -> None:
    known(connection, "g1", "g2")
    text = '{"name": "Ghost 15"}'
    store_gear("g1", text, hashlib.sha256(text.encode()).digest(), FETCHED, dagster_run_id=None)
    record_unreadable_gear("g2", "It is gone.", FETCHED)
    assert get_gear_to_ask_for(LATER, asked_before=None) == []
    assert get_gear_names() == {"g1": "Ghost 15"}
    assert stored(connection, "g2")["unreadable_reason"] == "It is gone."
