"""The embedded server's main process: launched, recognised by its folder, waited for and ended."""

import pwd
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from fitness_pipeline.db.embedded_cluster import bin_dir, run_as
from fitness_pipeline.errors import EmbeddedServerFailed

PORT = 5432  # only part of the socket's name: there is no TCP
SOCKET = f".s.PGSQL.{PORT}"
_LOG = "server.log"
_PATIENCE_SECONDS = 120.0  # repairing after a crash takes a while

# On the command line they win over whatever postgresql.conf says.
_SERVER_OPTIONS = (
    *("-c", f"port={PORT}", "-c", "listen_addresses=", "-c", "unix_socket_directories=."),
    # Segments in /dev/shm vanish when their owner logs out (systemd's RemoveIPC), and Docker makes it tiny.
    *("-c", "dynamic_shared_memory_type=mmap"),
    *("-c", "log_checkpoints=off"),  # the log is only rotated when the server starts
)
# The shell leaves at once, so the server is nobody's child and outlives whoever started it.
_IN_BACKGROUND = f'"$@" </dev/null >{_LOG} 2>&1 & echo $!'


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A live process that its folder's postmaster.pid names."""

    process: psutil.Process
    status: str  # starting, ready or stopping

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; a zombie, which some containers keep for ever, does not."""
        try:
            return bool(self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


def find(data_dir: Path) -> Postmaster | None:
    """Return the process that serves a folder, whether it accepts connections yet or not.

    Args:
        data_dir: the cluster's folder, resolved; there or not.

    Returns:
        None also when postmaster.pid is incomplete or names a process that is not this folder's.
    """
    try:
        lines = (data_dir / "postmaster.pid").read_bytes().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if len(lines) < 8 or not lines[0].isdigit():
        return None
    try:
        process = psutil.Process(int(lines[0]))
    except psutil.NoSuchProcess:
        return None
    status = lines[7].decode(errors="replace").strip()
    if status == "ready" and not (data_dir / SOCKET).is_socket():
        return None  # somebody cleaned up: it runs, but nobody can reach it any more
    return Postmaster(process, status) if _works_on(process, data_dir) else None


def wait_until_ready(data_dir: Path, postmaster: Postmaster) -> Postmaster | None:
    """Wait until a starting server accepts connections.

    Args:
        data_dir: its folder.
        postmaster: the server.

    Returns:
        The server, ready; None when it ended.

    Raises:
        EmbeddedServerFailed: it is neither ready nor gone after two minutes.
    """

    def ready() -> Postmaster | None:
        found = find(data_dir)
        return found if found and found.status == "ready" else None

    if not _wait(lambda: not postmaster.is_alive or ready() is not None):
        raise EmbeddedServerFailed(
            f"The embedded server (process {postmaster.process.pid}) is not ready after "
            f"{_PATIENCE_SECONDS:.0f} s; it may be repairing its data after a crash. Try again in a few "
            f"minutes.{end_of_log(data_dir)}"
        )
    return ready()


def launch(data_dir: Path, user: pwd.struct_passwd) -> Postmaster | None:
    """Start a server on a folder that nothing works on, and wait until it accepts connections.

    Args:
        data_dir: a cluster's folder.
        user: whom it runs as.

    Returns:
        The server, ready; None when it ended at once.

    Raises:
        EmbeddedServerFailed: it is neither ready nor gone after two minutes.
    """
    # Postgres itself would believe these as soon as any other program has the pid that they name.
    for stale in ("postmaster.pid", f"{SOCKET}.lock"):
        (data_dir / stale).unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        (data_dir / _LOG).rename(data_dir / f"{_LOG}.previous")
    program = [str(bin_dir() / "postgres"), "-D", str(data_dir), *_SERVER_OPTIONS]
    pid = run_as(user, ["/bin/sh", "-c", _IN_BACKGROUND, "sh", *program], data_dir)
    try:
        postmaster = Postmaster(psutil.Process(int(pid)), "starting")
    except psutil.NoSuchProcess:
        return None
    return wait_until_ready(data_dir, postmaster)


def shut_down(data_dir: Path, postmaster: Postmaster) -> None:
    """End a server's sessions and the server, and wait until it is down.

    Args:
        data_dir: its folder.
        postmaster: the server.

    Raises:
        EmbeddedServerFailed: it is not down after two minutes.
    """
    with suppress(psutil.NoSuchProcess):
        postmaster.process.send_signal(signal.SIGINT)  # what Postgres calls a fast shutdown
    if not _wait(lambda: not postmaster.is_alive):
        raise EmbeddedServerFailed(
            f"The embedded server (process {postmaster.process.pid}) is still shutting down after "
            f"{_PATIENCE_SECONDS:.0f} s. Wait a few minutes and try again.{end_of_log(data_dir)}"
        )


def end_leftovers(data_dir: Path) -> bool:
    """End what still works on a folder that has no server to be found.

    That is the server of a folder that was deleted or lost its postmaster.pid, the sessions of a killed one,
    and an initdb whose starter was killed. Postgres survives this at any point without harm to its data.

    Args:
        data_dir: the cluster's folder, there or not.

    Returns:
        Whether there was anything.
    """
    leftovers = [Postmaster(it, "leftover") for it in psutil.process_iter() if _works_on(it, data_dir)]
    for kill_signal in (signal.SIGQUIT, signal.SIGKILL):
        for leftover in leftovers:
            with suppress(psutil.NoSuchProcess):
                leftover.process.send_signal(kill_signal)
        if _wait(lambda: not any(leftover.is_alive for leftover in leftovers), 10.0):
            break
    return bool(leftovers)


def end_of_log(data_dir: Path) -> str:
    """Return the last lines of a server's log, each on a line of its own; empty when there is none."""
    try:
        lines = (data_dir / _LOG).read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "".join(f"\n{line}" for line in lines[-10:])


def _works_on(process: psutil.Process, data_dir: Path) -> bool:
    """Whether a process is a Postgres on this folder, or makes it."""
    try:
        if process.name() not in {"postgres", "initdb"} or process.status() == psutil.STATUS_ZOMBIE:
            return False
        # A session shows no folder, and root may be kept from seeing another user's working folder.
        return str(data_dir) in process.cmdline() or process.cwd() == str(data_dir)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _wait(condition: Callable[[], bool], patience_seconds: float = _PATIENCE_SECONDS) -> bool:
    """Return whether the condition came true in time."""
    deadline = time.monotonic() + patience_seconds
    pause = 0.005
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(2 * pause, 0.2)
    return True
