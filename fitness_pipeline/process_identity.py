"""Which process it is: a pid alone may belong to another one by now."""

from dataclasses import dataclass

import psutil

# The system's idea of when it was booted shifts with its clock, and every creation time with it.
_CLOCK_TOLERANCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, order=True)
class ProcessIdentity:
    """What tells a process from a later one with the same pid.

    Attributes:
        created_at: in seconds since 1970.
    """

    pid: int
    created_at: float


def identity_of(process: psutil.Process) -> ProcessIdentity:
    """Return what a process can be recognised by.

    Args:
        process: the process.

    Raises:
        psutil.NoSuchProcess: it has gone.
    """
    return ProcessIdentity(process.pid, process.create_time())


def find_process(identity: ProcessIdentity) -> psutil.Process | None:
    """Return a process, or None if it has gone.

    Args:
        identity: of a process of the past; a pid that another process has now is nobody's.
    """
    try:
        process = psutil.Process(identity.pid)
        is_the_same = abs(process.create_time() - identity.created_at) <= _CLOCK_TOLERANCE_SECONDS
    except psutil.NoSuchProcess:
        return None
    return process if is_the_same and lives(process) else None


def lives(process: psutil.Process) -> bool:
    """Return whether a process runs; a zombie, which some containers keep for ever, does not.

    Args:
        process: the process.
    """
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
