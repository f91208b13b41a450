"""Templates as Hevy sent them."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.hevy_templates import (
    IncomingTemplate,
    find_changed_templates,
    get_templates_to_ask_for,
    has_templates,
    record_unreadable_template,
    store_template,
)
from fitness_pipeline.errors import InvalidValue

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)


def template(template_id: str = "a", title: str = "Squat", body: bytes | None = None) -> IncomingTemplate:
    payload = json.dumps({"id": template_id, "title": title}).encode() if body is None else body
    return IncomingTemplate(template_id=template_id, payload=payload, sha256=hashlib.sha256(payload).digest())


def store(connection: AnyConnection, incoming: IncomingTemplate, at: datetime = NOW) -> str:
    return store_template(incoming, at, dagster_run_id="run", conn=connection)


def row(connection: AnyConnection, template_id: str = "a") -> dict[str, Any]:
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            "select * from raw.hevy_exercise_templates where template_id = %s", [template_id]
        ).fetchone()
    assert found is not None
    return found


def name(connection: AnyConnection, *template_ids: str) -> None:
    """Have workouts name templates."""
    for template_id in template_ids:
        connection.execute(
            "insert into raw.hevy_exercise_templates (template_id, change_id) values (%s, 1)", [template_id]
        )


def test_a_template_that_a_workout_named_becomes_known(scratch: AnyConnection) -> None:
    name(scratch, "a")
    assert not has_templates(conn=scratch)
    assert store(scratch, template()) == "new"
    stored = row(scratch)
    assert stored["payload"] == {"id": "a", "title": "Squat"}
    assert (stored["asked_at"], stored["fetched_at"], stored["unreadable_reason"]) == (NOW, NOW, None)
    assert stored["change_id"] > 1
    assert has_templates(conn=scratch)


def test_a_template_that_says_the_same_is_only_noted_as_asked_for(scratch: AnyConnection) -> None:
    assert store(scratch, template()) == "new"
    before = row(scratch)
    same = template(body=b'{"title": "Squat", "id": "a"}')
    assert store(scratch, same, LATER) == "unchanged"
    assert row(scratch) == {**before, "asked_at": LATER, "sha256": same.sha256}


def test_a_template_that_was_renamed_is_changed(scratch: AnyConnection) -> None:
    store(scratch, template())
    before = row(scratch)
    assert store(scratch, template(title="Front Squat"), LATER) == "changed"
    after = row(scratch)
    assert after["payload"]["title"] == "Front Squat"
    assert (after["fetched_at"], after["change_id"] > before["change_id"]) == (LATER, True)


@pytest.mark.parametrize("body", [b'{"id": "a", "title": "\\u0000"}', b"{", b'{"id": "\\ud83d"}'])
def test_what_postgres_cannot_hold_is_refused_and_leaves_what_was_there(
    scratch: AnyConnection, body: bytes
) -> None:
    for expected in ("new", "changed"):
        before = scratch.execute("select * from raw.hevy_exercise_templates").fetchall()
        with pytest.raises(InvalidValue, match="template a"):
            store(scratch, template(body=body))
        assert scratch.execute("select * from raw.hevy_exercise_templates").fetchall() == before
        assert store(scratch, template(title=expected)) == expected


def test_only_what_is_new_or_differs_is_to_be_stored(scratch: AnyConnection) -> None:
    name(scratch, "named")
    for template_id in ("same", "renamed", "doubtful"):
        store(scratch, template(template_id))
    record_unreadable_template("doubtful", "Odd.", NOW, conn=scratch)
    incoming = [template(one) for one in ("same", "doubtful", "named", "new")]
    found = find_changed_templates([*incoming, template("renamed", "Front Squat")], conn=scratch)
    assert found == {"doubtful", "named", "new", "renamed"}


def test_templates_that_hevy_did_not_have_are_asked_for_again_later(scratch: AnyConnection) -> None:
    name(scratch, "never", "long ago", "lately")
    store(scratch, template("known"))
    record_unreadable_template("long ago", "Gone.", NOW - timedelta(days=8), conn=scratch)
    record_unreadable_template("lately", "Gone.", NOW, conn=scratch)
    record_unreadable_template("strange", "It cannot be held.", NOW, conn=scratch)

    def waiting(asked_before: datetime | None) -> set[str]:
        return set(get_templates_to_ask_for(NOW, asked_before=asked_before, conn=scratch))

    assert waiting(NOW - timedelta(days=7)) == {"never", "long ago"}
    assert waiting(None) == {"never", "long ago", "lately", "strange"}
    assert row(scratch, "lately")["unreadable_reason"] == "Gone."


def test_they_are_asked_for_in_another_order_each_day(scratch: AnyConnection) -> None:
    name(scratch, *"abcdefgh")
    orders = {
        tuple(get_templates_to_ask_for(NOW + timedelta(days=days), asked_before=NOW, conn=scratch))
        for days in range(5)
    }
    assert len(orders) == 5
    assert {frozenset(order) for order in orders} == {frozenset("abcdefgh")}


def test_what_was_sent_before_stays_when_hevy_does_not_have_it_any_more(scratch: AnyConnection) -> None:
    store(scratch, template())
    record_unreadable_template("a", "Gone.", LATER, conn=scratch)
    stored = row(scratch)
    assert (stored["payload"]["title"], stored["unreadable_reason"]) == ("Squat", "Gone.")
    assert (stored["asked_at"], stored["fetched_at"]) == (LATER, NOW)
