"""Processes with their descendants: found, recognised and ended, theirs and nobody else's."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fitness_pipeline.process_identity import ProcessIdentity
from fitness_pipeline.stack.family import Family, recognise
from fitness_pipeline_tests.stack.conftest import Spawn, is_gone

WAITS = "import time; print('ready', flush=True); time.sleep(600)"
WITH_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {WAITS!r}], stdout=subprocess.PIPE, start_new_session=True)
child.stdout.readline()
print("ready", flush=True)
child.wait()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS
WELL_BEHAVED = """
import pathlib, signal, sys
def end(*_):
    pathlib.Path({note!r}).write_text("goodbye")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
signal.pause()
"""


def family_of(*pids: int) -> Family:
    family = Family()
    for pid in pids:
        family.add(pid)
    return family


def test_processes_end_with_all_that_they_started(spawn: Spawn) -> None:
    first, second = spawn(WITH_A_CHILD), spawn(WAITS)
    assert len(first.children) == 1
    family_of(first.pid, second.pid).end()
    assert all(map(is_gone, (first.process, *first.children, second.process)))


def test_a_child_whose_parent_has_gone_still_belongs(spawn: Spawn) -> None:
    parent = spawn(WITH_A_CHILD)
    family = family_of(parent.pid)
    assert len(family.look()) == 2
    parent.popen.kill()
    parent.popen.wait()
    assert family.look() == set(parent.children)
    family.end()
    assert all(map(is_gone, parent.children))


def test_whoever_ends_when_asked_may_tidy_up_first(spawn: Spawn, tmp_path: Path) -> None:
    note = tmp_path / "note"
    program = spawn(WELL_BEHAVED.format(note=str(note)))
    family_of(program.pid).end()
    assert note.read_text() == "goodbye"


def test_whoever_does_not_end_when_asked_is_killed(spawn: Spawn) -> None:
    program = spawn(STUBBORN)
    family_of(program.pid).end(patience_seconds=0.3)
    assert is_gone(program.process)


def test_patience_ends_as_soon_as_somebody_cannot_wait(spawn: Spawn) -> None:
    program = spawn(STUBBORN)
    begun = time.monotonic()
    family_of(program.pid).end(is_hurried=lambda: True)
    assert is_gone(program.process)
    assert time.monotonic() - begun < 5


def test_a_family_without_living_members_has_nothing_to_end(spawn: Spawn) -> None:
    program = spawn(WAITS)
    family = family_of(program.pid)
    program.close()
    assert family.look() == set()
    assert family.identities() == []
    family.end()


def test_a_process_is_recognised_with_its_child_by_pid_and_birth(spawn: Spawn) -> None:
    parent = spawn(WITH_A_CHILD)
    (member,) = [found for found in family_of(parent.pid).identities() if found.pid == parent.pid]
    assert recognise([member]).look() == {parent.process, *parent.children}


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
def test_a_process_born_at_another_time_is_a_stranger(spawn: Spawn, seconds: float) -> None:
    program = spawn(WAITS)
    namesake = ProcessIdentity(program.pid, program.process.create_time() + seconds)
    recognise([namesake]).end()
    assert not is_gone(program.process)


def test_a_process_is_recognised_although_the_clock_was_set(spawn: Spawn) -> None:
    program = spawn(WAITS)
    before = ProcessIdentity(program.pid, program.process.create_time() - 1)
    assert recognise([before]).look() == {program.process}


def test_the_embedded_server_outlives_whoever_started_it(spawn: Spawn, tmp_path: Path) -> None:
    sleep = shutil.which("sleep")
    assert sleep is not None
    server = tmp_path / "postgres"
    server.symlink_to(sleep)
    parent = spawn(f"""
import subprocess
child = subprocess.Popen([{str(server)!r}, "600"])
print(child.pid, flush=True)
child.wait()
""")
    started = psutil.Process(int(parent.first_line))
    assert started.name() == "postgres"
    family_of(parent.pid).end()
    assert is_gone(parent.process)
    assert not is_gone(started)
    started.kill()


def test_a_process_that_has_gone_already_is_not_missed() -> None:
    program = subprocess.Popen([sys.executable, "--version"], stdout=subprocess.DEVNULL)
    program.wait()
    assert family_of(program.pid).look() == set()
