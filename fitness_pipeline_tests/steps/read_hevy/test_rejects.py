"""What cannot be stored or understood is kept as a reject, and its neighbours go on."""

import json
from typing import Any

from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline.db.rejects import get_open_rejects
from fitness_pipeline.sandbox.hevy.server import HevySandbox
from fitness_pipeline.sandbox.hevy.sessions import Session
from fitness_pipeline.sandbox.serving.clock import SettableClock
from fitness_pipeline.sandbox.serving.faults import Answer
from fitness_pipeline.sandbox.serving.replies import Reply, json_reply
from fitness_pipeline_tests.hevy import COUNT, EVENTS, LIST, HevySyncer, stored
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.steps.read_hevy.reading import DAY, HOUR


def test_a_row_that_cannot_be_stored_is_kept_as_a_reject_and_its_neighbours_go_on(
    hevy: HevySandbox, sync: HevySyncer, connection: AnyConnection
) -> None:
    ids = sync.add(3)
    with_nul = hevy.world.workouts.add(Session(start=NOW, title="Push\x00Day"))
    rows = [json.dumps(row) for row in hevy.world.workouts.rows()]
    strange = ['{"id": "half", "title": "Push \\ud83d"}', '{"title": "Who am I"}', '{"id": "../count"}', "7"]
    body = f'{{"page": 1, "page_count": 1, "workouts": [{",".join(rows + strange)}]}}'
    hevy.faults.order(Answer(Reply(200, body.encode())), path=LIST)
    hevy.faults.order(Answer(json_reply({"workout_count": 8})), path=COUNT)
    read = sync.read()
    assert (read.rows_in, read.new, read.unchanged, read.rejected, read.undecided) == (8, 3, 0, 5, 0)
    assert stored(connection) == set(ids)
    rejects = {reject.raw_key: reject for reject in get_open_rejects("hevy", conn=connection)}
    assert {key.partition(" ")[0] for key in rejects} == {f"hevy_{with_nul}", "hevy_half", "text"}
    assert json.loads(rejects[f"hevy_{with_nul}"].payload["text"])["id"] == with_nul
    assert {reject.reason for reject in rejects.values()} == {
        "Postgres cannot hold it as JSON: a text in it has a character that is none.",
        "Its id is none of Hevy's: None.",
        "Its id is none of Hevy's: '../count'.",
        "It is no JSON object: 7.",
    }
    # Another listing does not meet them again; and a workout that can be stored is one.
    hevy.world.workouts.edit(with_nul, title="Push Day")
    assert sync.read(is_full=True).undecided == 0
    assert get_open_rejects("hevy", conn=connection) == []
    assert with_nul in stored(connection)


def test_a_reject_that_comes_again_is_not_written_again_and_counts_as_a_workout(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    sync.add(2)
    with_nul = hevy.world.workouts.add(Session(start=NOW, title="Push\x00Day"))
    assert sync.read().undecided == 0
    (before,) = get_open_rejects("hevy", conn=connection)
    clock.advance(DAY)
    read = sync.read(checks_count=True)
    assert (read.kind, read.undecided) == ("incremental", 0)
    assert sync.read(is_full=True).rejected == 1
    assert get_open_rejects("hevy", conn=connection) == [before]
    hevy.world.workouts.delete(with_nul)
    assert sync.read(checks_count=True).kind == "incremental"
    assert get_open_rejects("hevy", conn=connection) == []


def test_an_event_that_cannot_be_understood_is_kept_as_a_reject_and_its_neighbours_go_on(
    hevy: HevySandbox, sync: HevySyncer, clock: SettableClock, connection: AnyConnection
) -> None:
    edited, deleted = sync.add(2)
    sync.read()
    clock.advance(DAY)
    hevy.world.workouts.edit(edited, title="Edited")
    hevy.world.workouts.delete(deleted)
    strange: list[Any] = [
        {"type": "archived", "workout": {"id": edited}},
        {"type": "updated"},
        {"type": "updated", "workout": {"title": "Who am I"}},
        {"type": "deleted"},
        "deleted",
    ]
    events = [*strange, *(json.loads(event) for event in hevy.world.workouts.events(NOW + HOUR))]
    hevy.faults.order(Answer(json_reply({"page": 1, "page_count": 1, "events": events})), path=EVENTS)
    read = sync.read()
    assert (read.changed, read.deleted, read.rejected) == (1, 1, 5)
    rejects = get_open_rejects("hevy", conn=connection)
    assert len(rejects) == 5
    assert all(reject.raw_key.startswith("event ") for reject in rejects)
    assert sync.read(checks_count=True).kind == "incremental"
