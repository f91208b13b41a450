"""Recorded activities from a file: served as they are, or refused with the reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from fitness_pipeline.errors import UnusableFile
from fitness_pipeline.sandbox.strava.outings import Outing
from fitness_pipeline.sandbox.strava.recorded import gear_of, read_recorded, recorded_world
from fitness_pipeline.sandbox.strava.rows import Row, compose_row
from fitness_pipeline.sandbox.strava.server import StravaSandbox
from fitness_pipeline_tests.moments import NOW
from fitness_pipeline_tests.sandbox.strava.callers import LIST, Caller


def recorded(number: int, **changes: Any) -> Row:
    return compose_row(Outing(start=NOW, gear_id="g5"), number) | {"a_field_of_tomorrow": [1]} | changes


def written(folder: Path, content: object) -> Path:
    path = folder / "activities.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_recorded_activities_are_served_as_they_are(tmp_path: Path) -> None:
    rows = [recorded(3), recorded(1), {"id": 2, "sport_type": "Run", "start_date": "2026-03-10T14:07:30Z"}]
    with StravaSandbox(recorded_world(written(tmp_path, rows))) as sandbox, Caller(sandbox) as caller:
        caller.connect()
        assert caller.get(LIST).json() == [rows[0], rows[2], rows[1]]
        assert caller.get("/api/v3/activities/2").json()["resource_state"] == 3
        assert caller.get("/api/v3/gear/g5").json()["name"] == "Shoe g5"


def test_gear_within_detailed_activities_keeps_its_name() -> None:
    shoe = {"id": "g5", "name": "Hoka Clifton red", "nickname": "red", "retired": True}
    bike = {"id": "b1", "name": "Trek", "nickname": "Trek"}
    named = gear_of([recorded(1), recorded(2, gear=shoe), recorded(3, gear_id="b1", gear=bike)])
    assert [(gear.id, gear.name, gear.nickname, gear.is_retired) for gear in named] == [
        ("g5", "Hoka Clifton red", "red", True),
        ("b1", "Trek", "", False),
    ]


def test_new_activities_get_ids_above_the_recorded_ones(tmp_path: Path) -> None:
    world = recorded_world(written(tmp_path, [recorded(99_000_000_000)]))
    assert world.activities.add(Outing(start=NOW)) > 99_000_000_000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[{", "is not JSON"),
        ("", "is not JSON"),
        ({"activities": []}, "holds no array"),
        ([7], "activity 1 is not an object"),
        ([recorded(1), recorded(2, id="2")], "activity 2 has no whole number as its id"),
        ([recorded(1, id=True)], "activity 1 has no whole number as its id"),
        ([recorded(1, sport_type=None)], "activity 1 has no sport_type"),
        ([recorded(1, start_date="yesterday")], "activity 1 has no start_date"),
        ([recorded(1, start_date="2026-03-10T14:07:30")], "activity 1 has no start_date"),
        ([recorded(1), recorded(2), recorded(1)], "activity 3 has the id 1, as activity 1 has"),
    ],
)
def test_a_file_that_cannot_be_served_is_refused_with_the_reason(
    tmp_path: Path, content: object, reason: str
) -> None:
    with pytest.raises(UnusableFile, match=reason):
        read_recorded(written(tmp_path, content))


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be read"):
        read_recorded(tmp_path / "nothing.json")
    (tmp_path / "picture.json").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(UnusableFile, match="not UTF-8"):
        read_recorded(tmp_path / "picture.json")
