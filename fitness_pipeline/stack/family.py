"""Processes with everything that they started: remembered, recognised later, ended to the last one."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil

from fitness_pipeline.process_identity import ProcessIdentity, find_process, identity_of, lives

_TO_END_SECONDS = 10.0
_TO_DIE_SECONDS = 5.0
_LOOK_SECONDS = 0.1


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
        self._members = set(filter(lives, self._members))
        return self._members

    def identities(self) -> list[ProcessIdentity]:
        """Return what the members that live can be recognised by."""
        found = []
        for member in self.look():
            with suppress(psutil.NoSuchProcess):
                found.append(identity_of(member))
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


def recognise(identities: Iterable[ProcessIdentity]) -> Family:
    """Return the family of the processes that still live.

    Args:
        identities: of processes of the past; a pid that another process has now is nobody's.
    """
    return Family(process for identity in identities if (process := find_process(identity)) is not None)


def _belongs(process: psutil.Process) -> bool:
    """Whether a descendant is ours to end: the embedded server, whoever started it, is not."""
    try:
        return process.name() not in {"postgres", "initdb"}
    except psutil.NoSuchProcess:
        return False
