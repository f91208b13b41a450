"""What a killed `up` leaves behind is ended by the next one; other processes are not."""

import json
from pathlib import Path

import pytest

from fitness_pipeline.stack.family import Family
from fitness_pipeline.stack.leftovers import Record, end_leftovers
from fitness_pipeline_tests.stack.conftest import Spawn, is_gone

WAITS = "import time; print('ready', flush=True); time.sleep(600)"


def test_processes_that_were_written_down_are_ended(spawn: Spawn, tmp_path: Path) -> None:
    first, second = spawn(WAITS), spawn(WAITS)
    family, record = Family(), Record(tmp_path)
    for program in (first, second):
        family.add(program.pid)
        record.keep(family)
    assert end_leftovers(tmp_path) == 2
    assert is_gone(first.process)
    assert is_gone(second.process)
    assert end_leftovers(tmp_path) == 0


def test_whoever_got_the_pid_later_is_left_alone(spawn: Spawn, tmp_path: Path) -> None:
    program = spawn(WAITS)
    text = json.dumps([{"pid": program.pid, "created_at": 1.0}])
    (tmp_path / "up.processes.json").write_text(text)
    assert end_leftovers(tmp_path) == 0
    assert not is_gone(program.process)


def test_after_an_orderly_end_nothing_is_left(spawn: Spawn, tmp_path: Path) -> None:
    family, record = Family(), Record(tmp_path)
    program = spawn(WAITS)
    family.add(program.pid)
    record.keep(family)
    record.forget()
    assert end_leftovers(tmp_path) == 0
    assert not is_gone(program.process)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", '[{"pid": 1}]', "[1]", '{"pid": 1}', "null"])
def test_a_record_that_cannot_be_read_stands_in_nobodys_way(tmp_path: Path, text: str) -> None:
    (tmp_path / "up.processes.json").write_text(text)
    assert end_leftovers(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_dagster_home_that_is_not_there_yet_has_no_leftovers(tmp_path: Path) -> None:
    assert end_leftovers(tmp_path / "dagster_home") == 0
