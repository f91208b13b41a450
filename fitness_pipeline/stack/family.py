"""Processes with everything that they started: remembered, recognised later, ended to the last one."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import psutil

_TO_END_SECONDS = 10.0
_TO_DIE_SECONDS = 5.0
_LOOK_SECONDS = 0.1

# The system's idea of when it was booted shifts with its clock, and every creation time with it.
_CLOCK_TOLERANCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What tells a process from a later one with the same pid.

    Attributes:
        created_at: in seconds since 1970.
    """

    pid: int
    created_at: float


class Family:
    """Processes and their descendants, which belong to it even when their parents have gone."""

    def __init__(self, members: Iterable[psutil.Process] = ()) -> None:
        """Begin with some processes; more may come."""
        self._members = set(members)

    def add(self, pid: int) -> None:
        """Add a process, unless it has gone already.

        Args:
            pid: of a child that its parent, us, has not waited for yet.
        """
        with suppress(psutil.NoSuchProcess):
            self._members.add(psutil.Process(pid))

    def look(self) -> set[psutil.Process]:
        """Return the members that live, newly found descendants among them."""
        for member in list(self._members):
            with suppress(psutil.NoSuchProcess):
                self._members.update(filter(_belongs, member.children(recursive=True)))
        self._members = set(filter(_lives, self._members))
        return self._members

    def identities(self) -> list[Identity]:
        """Return what the members that live can be recognised by."""
        found = []
        for member in self.look():
            with suppress(psutil.NoSuchProcess):
                found.append(Identity(member.pid, member.create_time()))
        return sorted(found)

    def end(
        self, *, patience_seconds: float = _TO_END_SECONDS, is_hurried: Callable[[], bool] = lambda: False
    ) -> None:
        """End all members and wait until they are gone: gently first, then by force.

        Args:
            patience_seconds: how long they may take to end by themselves, once they are asked.
            is_hurried: whether patience has come to an end; asked again and again.
        """
        for member in self.look():
            with suppress(psutil.NoSuchProcess):
                member.terminate()
        self._wait_until_gone(patience_seconds, is_hurried)
        for member in self.look():
            with suppress(psutil.NoSuchProcess):
                member.kill()
        self._wait_until_gone(_TO_DIE_SECONDS, lambda: False)

    def _wait_until_gone(self, patience_seconds: float, is_hurried: Callable[[], bool]) -> None:
        deadline = time.monotonic() + patience_seconds
        while self.look() and time.monotonic() < deadline and not is_hurried():
            time.sleep(_LOOK_SECONDS)


def recognise(identities: Iterable[Identity]) -> Family:
    """Return the family of the processes that still live.

    Args:
        identities: of processes of the past; a pid that another process has now is nobody's.
    """
    members = []
    for identity in identities:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(identity.pid)
            if abs(process.create_time() - identity.created_at) <= _CLOCK_TOLERANCE_SECONDS:
                members.append(process)
    return Family(filter(_lives, members))


def _lives(process: psutil.Process) -> bool:
    """Whether it runs; a zombie, which some containers keep for ever, does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _belongs(process: psutil.Process) -> bool:
    """Whether a descendant is ours to end: the embedded server, whoever started it, is not."""
    try:
        return process.name() not in {"postgres", "initdb"}
    except psutil.NoSuchProcess:
        return False
