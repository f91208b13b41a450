"""Tests of `fitness-pipeline conflicts`."""

import getpass
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fitness_pipeline import db
from fitness_pipeline.db.conflicts import get_open_conflicts
from fitness_pipeline.db.connection import AnyConnection
from fitness_pipeline_tests.builders import history, new_run, the_run
from fitness_pipeline_tests.cli.conftest import Ended, Run, export, export_row
from fitness_pipeline_tests.db.sides import edit, upstream

pytestmark = pytest.mark.usefixtures("database_url", "data_dir")

Disagree = Callable[..., list[int]]


@pytest.fixture
def disagree(connection: AnyConnection) -> Disagree:
    """A function that lets runner and provider differ about a run; it returns the conflicts' numbers."""

    def differ(id: str = "mmf_1", *, mine: dict[str, Any], theirs: dict[str, Any]) -> list[int]:
        upstream(connection, new_run(id))
        edit(connection, id, **mine)
        upstream(connection, new_run(id, **theirs))
        return sorted(found.conflict_id for found in get_open_conflicts() if found.run_id == id)

    return differ


def cells(ended: Ended, number: int) -> list[str]:
    """The line of a conflict, cell by cell."""
    (line,) = [line for line in ended.out.splitlines() if line.lstrip().startswith(f"{number} ")]
    return [cell.strip() for cell in line.strip().split("  ") if cell.strip()]


def test_no_conflict_is_said_in_words(run: Run) -> None:
    assert run("conflicts") == Ended(0, "There are no open conflicts.\n", "")
    assert json.loads(run("conflicts", "--json").out) == []
    assert run("conflicts", "take", "--all").out == "There are no open conflicts.\n"


def test_a_conflict_is_listed_in_units_that_people_read(
    run: Run, connection: AnyConnection, disagree: Disagree
) -> None:
    db.shoes.bulk_create_shoes_by_names(["Ghost 15"])
    disagree(
        mine={"distance": 8.0, "duration": 3723, "shoe_id": "ghost_15", "avg_heart_rate": 150},
        theirs={"distance": 4.1, "duration": 1801.0, "shoe_id": "b", "avg_heart_rate": 140.0},
    )
    ended = run("conflicts")
    assert ended.code == 0
    shown = [cells(ended, conflict.conflict_id)[1:] for conflict in get_open_conflicts()]
    assert sorted(shown) == [
        ["mmf_1", "2025-05-06", "distance", "3.00 mi", "8.00 mi", "4.10 mi"],
        ["mmf_1", "2025-05-06", "duration", "0:30:00", "1:02:03", "0:30:01"],
        ["mmf_1", "2025-05-06", "heart rate", "none", "150 bpm", "140 bpm"],
        ["mmf_1", "2025-05-06", "shoe", "none", "Ghost 15", "Shoe b"],
    ]
    assert "fitness-pipeline --env test conflicts keep" in ended.out


def test_a_script_gets_the_same_as_json(run: Run, disagree: Disagree) -> None:
    (number,) = disagree(mine={"distance": 8.0}, theirs={"distance": 4.0})
    (told,) = json.loads(run("conflicts", "--json").out)
    assert (told["conflict_id"], told["run_id"], told["field"]) == (number, "mmf_1", "distance")
    assert (told["base_value"], told["current_value"], told["upstream_value"]) == (3.0, 8.0, 4.0)
    assert told["datetime_utc"] == "2025-05-06T12:30:00+00:00"


def test_keeping_leaves_the_run_and_closes_the_conflict(
    run: Run, connection: AnyConnection, disagree: Disagree
) -> None:
    (number,) = disagree(mine={"distance": 8.0}, theirs={"distance": 4.0})
    ended = run("conflicts", "keep", number)
    assert (ended.code, ended.out) == (0, f"{number}: mmf_1, distance: kept 8.00 mi.\n")
    assert (the_run(connection).distance, get_open_conflicts()) == (8.0, [])


def test_taking_is_an_edit_by_the_person_who_is_named(
    run: Run, connection: AnyConnection, disagree: Disagree
) -> None:
    (number,) = disagree(mine={"distance": 8.0}, theirs={"distance": 4.0})
    ended = run("conflicts", "take", number, "--by", "Grace")
    assert (ended.code, ended.out) == (0, f"{number}: mmf_1, distance: 8.00 mi became 4.00 mi.\n")
    assert (the_run(connection).distance, history(connection)[-1].changed_by) == (4.0, "Grace")


def test_without_a_name_it_is_this_user(run: Run, connection: AnyConnection, disagree: Disagree) -> None:
    (number,) = disagree(mine={"distance": 8.0}, theirs={"distance": 4.0})
    assert run("conflicts", "take", number).code == 0
    assert history(connection)[-1].changed_by == getpass.getuser()


def test_several_are_settled_at_once_and_all_of_them_with_all(
    run: Run, connection: AnyConnection, disagree: Disagree
) -> None:
    first = disagree("mmf_1", mine={"distance": 8.0, "duration": 9}, theirs={"distance": 4.0, "duration": 8})
    assert run("conflicts", "keep", *first, first[0]).code == 0
    disagree("mmf_2", mine={"distance": 8.0, "duration": 9}, theirs={"distance": 4.0, "duration": 8})
    assert run("conflicts", "take", "--all").code == 0
    runs = {
        id: (the_run(connection, id).distance, the_run(connection, id).duration) for id in ("mmf_1", "mmf_2")
    }
    assert runs == {"mmf_1": (8.0, 9.0), "mmf_2": (4.0, 8.0)}
    assert get_open_conflicts() == []


def test_one_that_cannot_be_settled_does_not_keep_the_others(
    run: Run, connection: AnyConnection, disagree: Disagree
) -> None:
    (number,) = disagree(mine={"distance": 8.0}, theirs={"distance": 4.0})
    ended = run("conflicts", "take", 77, number)
    assert ended.code == 2
    assert "There is no open conflict 77." in ended.err
    assert the_run(connection).distance == 4.0


@pytest.mark.parametrize("words", [["keep"], ["take"], ["take", "1", "--all"]])
def test_it_takes_numbers_or_all(run: Run, words: list[str]) -> None:
    ended = run("conflicts", *words)
    assert ended.code == 2
    assert "--all" in ended.err


def test_status_points_to_the_command_and_counts_what_it_lists(
    run: Run, connection: AnyConnection, disagree: Disagree
) -> None:
    disagree("mmf_1", mine={"distance": 8.0}, theirs={"distance": 4.0})
    disagree("mmf_2", mine={"distance": 8.0}, theirs={"distance": 4.0})
    edit(connection, "mmf_2", distance=4.0)
    shown = run("status").out
    assert "1 of your edits differ from what the source says" in shown
    assert "`fitness-pipeline --env test conflicts`" in shown
    assert json.loads(run("status", "--json").out)["tables"]["open_conflicts"] == 1


def test_an_import_that_meets_a_conflict_points_to_the_command(
    run: Run, connection: AnyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_text(export(export_row("May 6, 2025", 1, miles="3.1")))
    run("import", path)
    edit(connection, "mmf_1", distance=8.0)
    path.write_text(export(export_row("May 6, 2025", 1, miles="4.1")))
    ended = run("import", path)
    shown = ended.out
    assert ended.code == 0
    assert "1 of your own edits differ from what the source says now; yours stay." in shown
    assert "`fitness-pipeline --env test conflicts`" in shown
    assert [found.upstream_value for found in get_open_conflicts()] == [4.1]
