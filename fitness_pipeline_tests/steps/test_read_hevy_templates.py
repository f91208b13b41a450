"""Templates: all of them at first, then those that workouts name and nobody knows; never in anybody's way."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg.rows import dict_row

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.errors import NotConnected
from fitness_pipeline.sandbox.hevy import errors
from fitness_pipeline.sandbox.hevy.rows import Row
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Exercise, Session
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer, Fault, Reset
from fitness_pipeline.sandbox.serving.replies import json_reply
from fitness_pipeline.steps.read_hevy_templates import TemplateCounts
from fitness_pipeline_tests.builders import row_versions
from fitness_pipeline_tests.hevy import TEMPLATES, HevySyncer, calls, serving

WEEK = timedelta(days=7)

UNHELPFUL: dict[str, Fault] = {
    "401": Answer(errors.unauthorized()),
    "429": Answer(errors.rate_limited()),
    "429 for an hour": Answer(errors.rate_limited(3600)),
    "an outage": Answer(errors.outage()),
    "a reset": Reset(),
}


@pytest.fixture
def hevy(
    clock: SettableClock, environment: pytest.MonkeyPatch, data_dir: Path, database_url: str
) -> Iterator[HevySandbox]:
    """A Hevy with 120 templates, but no workouts."""
    with serving(clock, environment) as sandbox:
        for number in range(120):
            sandbox.world.templates.put(template(f"{number:08X}"))
        yield sandbox


@pytest.fixture
def sync(hevy: HevySandbox, clock: SettableClock) -> HevySyncer:
    """A function that reads that Hevy."""
    return HevySyncer(hevy, clock)


def template(template_id: str, title: str = "Squat") -> Row:
    return {
        "id": template_id,
        "title": title,
        "type": "weight_reps",
        "primary_muscle_group": "quadriceps",
        "secondary_muscle_groups": ["glutes"],
        "is_custom": len(template_id) > 8,
    }


def lift(sync: HevySyncer, *template_ids: str) -> None:
    """Log a session with some exercises, and bring it as far as `raw`."""
    exercises = tuple(Exercise("Squat", template_id=template_id) for template_id in template_ids)
    sync.clock.advance(timedelta(minutes=1))
    sync.world.workouts.add(Session(start=sync.clock(), exercises=exercises))
    assert sync.read().new == 1
    sync.sandbox.log.clear()


def stored(connection: AnyConnection) -> dict[str, dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute("select * from raw.hevy_exercise_templates").fetchall()
    return {row["template_id"]: row for row in rows}


def payloads(connection: AnyConnection) -> dict[str, Any]:
    return {template_id: row["payload"] for template_id, row in stored(connection).items()}


def test_the_first_read_lists_all_templates(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    assert sync.read_templates() == TemplateCounts(new=120, calls=2)
    assert payloads(connection) == {row["id"]: row for row in hevy.world.templates.rows()}
    assert {entry.query["pageSize"] for entry in hevy.log.requests} == {"100"}


def test_without_unknown_templates_nothing_is_asked_or_written(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    lift(sync, "00000001")
    sync.read_templates()
    clock.advance(10 * WEEK)
    lift(sync, "00000001", "00000002")
    before = row_versions(connection)
    assert sync.read_templates() == TemplateCounts()
    assert row_versions(connection) == before


def test_an_unknown_template_is_asked_for_by_itself(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    sync.read_templates()
    hevy.world.templates.put(template("own-1", "My Squat"))
    lift(sync, "own-1")
    assert sync.read_templates() == TemplateCounts(new=1, calls=1)
    assert calls(hevy) == [f"{TEMPLATES}/own-1"]
    assert payloads(connection)["own-1"]["title"] == "My Squat"


def test_many_unknown_templates_are_listed(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    sync.read_templates()
    ids = [f"own-{number}" for number in range(6)]
    for template_id in ids:
        hevy.world.templates.put(template(template_id))
    lift(sync, *ids)
    assert sync.read_templates() == TemplateCounts(new=6, unchanged=120, calls=2)
    assert set(ids) <= payloads(connection).keys()


def test_a_template_that_hevy_does_not_have_is_asked_for_again_after_a_week(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.read_templates()
    lift(sync, "gone")
    asked_at = clock()
    assert sync.read_templates() == TemplateCounts(unreadable=1, calls=1)
    row = stored(connection)["gone"]
    assert (row["payload"], row["asked_at"]) == (None, asked_at)
    assert row["unreadable_reason"] == "Hevy does not have it any more."
    clock.advance(WEEK)
    assert sync.read_templates() == TemplateCounts()
    clock.advance(timedelta(seconds=1))
    hevy.world.templates.put(template("gone"))
    assert sync.read_templates() == TemplateCounts(new=1, calls=1)
    assert stored(connection)["gone"]["unreadable_reason"] is None


def test_a_full_read_asks_again_for_what_hevy_did_not_have(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    lift(sync, "gone", "back")
    assert sync.read_templates() == TemplateCounts(new=120, unreadable=2, calls=4)
    hevy.world.templates.put(template("back"))
    assert sync.read_templates(is_full=True) == TemplateCounts(new=1, unchanged=120, unreadable=1, calls=3)
    assert payloads(connection)["back"] is not None


def test_a_full_read_finds_what_was_renamed_and_writes_nothing_else(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.read_templates()
    before = stored(connection)
    clock.advance(WEEK)
    hevy.world.templates.rename("00000007", "Front Squat")
    hevy.world.templates.delete("00000008")
    assert sync.read_templates(is_full=True) == TemplateCounts(changed=1, unchanged=118, calls=2)
    after = stored(connection)
    assert after["00000007"]["payload"]["title"] == "Front Squat"
    assert after["00000007"]["change_id"] > before["00000007"]["change_id"]
    assert {key: row for key, row in after.items() if row != before[key]}.keys() == {"00000007"}


@pytest.mark.parametrize("fault", UNHELPFUL.values(), ids=UNHELPFUL)
def test_a_hevy_that_cannot_be_asked_postpones_it(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection, fault: Fault
) -> None:
    lift(sync, "own-1")
    hevy.faults.order(fault, path=f"{TEMPLATES}*", times=None)
    counts = sync.read_templates()
    assert (counts.new, counts.postponed) == (0, 1)
    assert counts.reason is not None
    assert payloads(connection) == {"own-1": None}
    hevy.faults.clear()
    assert sync.read_templates().new == 120


def test_a_listing_that_fails_at_its_second_page_is_made_again(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    hevy.faults.order(Answer(errors.unauthorized()), path=TEMPLATES, skip=1)
    counts = sync.read_templates()
    assert (counts.new, counts.postponed, counts.calls) == (0, 0, 2)
    assert payloads(connection) == {}
    assert sync.read_templates().new == 120


def test_what_came_before_hevy_could_not_be_asked_any_more_stays(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    sync.read_templates()
    for template_id in ("own-1", "own-2", "own-3"):
        hevy.world.templates.put(template(template_id))
    lift(sync, "own-1", "own-2", "own-3")
    hevy.faults.order(Answer(errors.outage()), path=f"{TEMPLATES}/*", skip=1, times=None)
    counts = sync.read_templates()
    assert (counts.new, counts.postponed, counts.calls) == (1, 2, 6)
    hevy.faults.clear()
    assert sync.read_templates() == TemplateCounts(new=2, calls=2)


@pytest.mark.parametrize(
    "answer",
    [errors.invalid_page_size(), json_reply({"id": "another"}), json_reply([]), json_reply({"title": "?"})],
)
def test_an_answer_that_is_not_understood_is_no_reason_to_stop(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection, answer: Any
) -> None:
    sync.read_templates()
    lift(sync, "own-1", "00000001", "own-2")
    hevy.faults.order(Answer(answer), path=f"{TEMPLATES}/own-1", times=None)
    hevy.world.templates.put(template("own-2"))
    assert sync.read_templates() == TemplateCounts(new=1, unreadable=1, calls=2)
    assert "version" in stored(connection)["own-1"]["unreadable_reason"]


def test_a_template_that_postgres_cannot_hold_is_unreadable_and_its_neighbours_go_on(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    hevy.world.templates.put(template("own-1", "My\x00Squat"))
    assert sync.read_templates() == TemplateCounts(new=120, unreadable=1, calls=2)
    row = stored(connection)["own-1"]
    assert (row["payload"], row["unreadable_reason"]) == (
        None,
        "What Hevy sends of it holds characters that Postgres cannot store.",
    )


def test_a_template_without_an_id_is_kept_as_a_reject(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    page = {"page": 1, "page_count": 1, "exercise_templates": [template("own-1"), {"title": "Nameless"}]}
    hevy.faults.order(Answer(json_reply(page)), path=TEMPLATES)
    assert sync.read_templates() == TemplateCounts(new=1, unreadable=1, calls=1)
    (reject,) = get_open_rejects("hevy", conn=connection)
    assert reject.raw_key.startswith("template ")
    assert sync.read(is_full=True).undecided == 0  # no workout is missing because of it
    assert get_open_rejects("hevy", conn=connection) == [reject]


def test_a_read_that_is_part_of_a_transaction_which_is_taken_back_never_was(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    with connection.transaction(force_rollback=True):
        assert sync.read_templates(conn=connection).new == 120
    assert stored(connection) == {}


def test_without_a_key_hevy_is_not_connected(
    hevy: HevySandbox, sync: HevySyncer, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("HEVY_API_KEY")
    with pytest.raises(NotConnected, match="Set HEVY_API_KEY"):
        sync.read_templates()
