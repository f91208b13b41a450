"""One `up` a Dagster home; whoever comes second learns who is first."""

import os
from pathlib import Path

import pytest

from fitness_pipeline.errors import AlreadyRunning, ConfigurationError
from fitness_pipeline.stack.single import only_one
from fitness_pipeline_tests.stack.conftest import Spawn

HOLDS = """
import pathlib, time
from fitness_pipeline.stack.single import only_one
with only_one(pathlib.Path({home!r}), "http://127.0.0.1:3000"):
    print("ready", flush=True)
    time.sleep(600)
"""


def test_the_second_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    with only_one(tmp_path, "http://127.0.0.1:3000"):
        with pytest.raises(AlreadyRunning) as refusal, only_one(tmp_path, "http://127.0.0.1:3001"):
            pass
        assert f"process {os.getpid()}" in str(refusal.value)
        assert "http://127.0.0.1:3000" in str(refusal.value)
        assert f"`kill {os.getpid()}`" in str(refusal.value)


def test_the_second_is_refused_even_before_the_first_has_said_who_it_is(tmp_path: Path) -> None:
    with only_one(tmp_path, "http://127.0.0.1:3000"):
        (tmp_path / "up.lock").write_text("")
        with (
            pytest.raises(AlreadyRunning, match=r"is running already\. Use that one"),
            only_one(tmp_path, "http://127.0.0.1:3001"),
        ):
            pass


def test_there_can_be_another_one_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with only_one(tmp_path / "made" / "on the way", "http://127.0.0.1:3000"):
            pass


def test_two_homes_are_no_business_of_each_other(tmp_path: Path) -> None:
    with (
        only_one(tmp_path / "dev", "http://127.0.0.1:3000"),
        only_one(tmp_path / "prod", "http://[::1]:3001"),
    ):
        pass


def test_a_home_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(ConfigurationError, match=r"cannot be used: .*FITNESS_DATA_DIR"),
        only_one(tmp_path / "file" / "dagster_home", "http://127.0.0.1:3000"),
    ):
        pass


def test_a_crash_gives_it_up(spawn: Spawn, tmp_path: Path) -> None:
    first = spawn(HOLDS.format(home=str(tmp_path)))
    with pytest.raises(AlreadyRunning, match=f"process {first.pid}"), only_one(tmp_path, "http://[::1]:1"):
        pass
    first.popen.kill()
    first.popen.wait()
    with only_one(tmp_path, "http://127.0.0.1:3000"):
        pass
