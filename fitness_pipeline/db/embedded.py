"""A real Postgres of our own, which makes, starts, repairs and finds itself."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fitness_pipeline.errors import EmbeddedServerFailed

if sys.platform != "win32":  # Windows lacks what these stand on
    import fcntl

    from fitness_pipeline.db import embedded_cluster, embedded_postmaster
    from fitness_pipeline.db.embedded_postmaster import PORT, SOCKET, Postmaster

_LONGEST_SOCKET_PATH = 103  # bytes; macOS has room for 103, Linux for 107


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A server that runs and accepts connections."""

    data_dir: Path
    socket_dir: Path
    port: int
    pid: int

    def url(self, database: str) -> str:
        """Return the address of a database on this server.

        Args:
            database: its name; whether it exists is not looked at.

        Returns:
            A URL that libpq, psycopg and SQLAlchemy take as it is.
        """
        host = quote(os.fsencode(self.socket_dir), safe="")
        # Without the port, a PGPORT in the environment would count.
        return f"postgresql://postgres@/{quote(database, safe='')}?host={host}&port={self.port}"


def bin_dir() -> Path:
    """Return the folder of Postgres' own programs: psql, pg_dump and the others.

    Raises:
        EmbeddedServerFailed: the wheel that brings them is not installed, or this is Windows.
    """
    with _explained():
        return embedded_cluster.bin_dir()


def find_running(data_dir: Path) -> EmbeddedServer | None:
    """Return the server on a folder if it runs and accepts connections; never start one.

    Args:
        data_dir: the cluster's folder, there or not.

    Raises:
        EmbeddedServerFailed: the folder may not be looked into.
    """
    with _explained():
        data_dir = data_dir.resolve()
        postmaster = embedded_postmaster.find(data_dir)
        return _server(data_dir, postmaster) if postmaster and postmaster.status == "ready" else None


def ensure_running(data_dir: Path) -> EmbeddedServer:
    """Return the server on a folder: found, or started, or newly made and started.

    It goes on running when this process ends. Any number of processes may ask at once.

    Args:
        data_dir: the cluster's folder; it is made when it is missing.

    Raises:
        EmbeddedServerFailed: it cannot be started; the message says why, with the end of its log.
    """
    with _explained():
        if (running := find_running(data_dir)) is not None:
            return running
        data_dir = data_dir.resolve()
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(data_dir):
            postmaster = embedded_postmaster.find(data_dir)
            if postmaster is not None:
                postmaster = embedded_postmaster.wait_until_ready(data_dir, postmaster)
            return _server(data_dir, postmaster or _start(data_dir))


def stop(data_dir: Path) -> bool:
    """Stop the server on a folder, ending its open sessions, and wait until it is down.

    Args:
        data_dir: the cluster's folder, there or not.

    Returns:
        Whether one was running.

    Raises:
        EmbeddedServerFailed: it is not down after two minutes.
    """
    with _explained():
        data_dir = data_dir.resolve()
        with suppress(OSError):  # only tidying up; the temporary folder may be somebody else's
            _short_way(data_dir).unlink()
        if not data_dir.parent.is_dir():
            return embedded_postmaster.end_leftovers(data_dir)
        with _one_at_a_time(data_dir):
            postmaster = embedded_postmaster.find(data_dir)
            if postmaster is None:
                return embedded_postmaster.end_leftovers(data_dir)
            embedded_postmaster.shut_down(data_dir, postmaster)
            return True


def _start(data_dir: Path) -> "Postmaster":
    embedded_cluster.cluster_version(data_dir)  # whatever works on a folder that is not ours is left alone
    embedded_postmaster.end_leftovers(data_dir)
    for unfinished in embedded_cluster.unfinished_folders(data_dir):
        embedded_postmaster.end_leftovers(unfinished)
        shutil.rmtree(unfinished, ignore_errors=True)
    user = embedded_cluster.server_user(data_dir)
    embedded_cluster.prepare(data_dir, user)
    postmaster = embedded_postmaster.launch(data_dir, user)
    if postmaster is None:
        raise EmbeddedServerFailed(
            f"The embedded server in {data_dir} does not start. Put right what its log says, or set "
            f"DATABASE_URL to use a server of your own.{embedded_postmaster.end_of_log(data_dir)}"
        )
    return postmaster


def _server(data_dir: Path, postmaster: "Postmaster") -> EmbeddedServer:
    return EmbeddedServer(data_dir, _reachable(data_dir), PORT, postmaster.process.pid)


def _reachable(data_dir: Path) -> Path:
    """Return a path of the socket's folder that fits into a socket's address.

    The socket always lies in the data folder. Where that path is too long, a link with a short name leads
    there, in a temporary folder of this user alone.

    Raises:
        EmbeddedServerFailed: that temporary folder is somebody else's.
    """
    is_short = len(os.fsencode(data_dir / SOCKET)) <= _LONGEST_SOCKET_PATH
    if is_short and "," not in str(data_dir):  # libpq reads a comma as the end of a host
        return data_dir
    link = _short_way(data_dir)
    private = link.parent
    private.mkdir(mode=0o700, exist_ok=True)
    status = private.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise EmbeddedServerFailed(
            f"{private} has to be a folder that is yours alone (chmod 700), because the path of {data_dir} "
            "is too long for a socket. Remove it, or move the data to a shorter path."
        )
    with suppress(FileExistsError):
        link.symlink_to(data_dir)
    return link


def _short_way(data_dir: Path) -> Path:
    """Return the link's path; its name follows from where it leads, so one that is there is right."""
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"fitness-pipeline-{os.geteuid()}", name)


@contextmanager
def _one_at_a_time(data_dir: Path) -> Iterator[None]:
    """Wait for our turn among the processes that start or stop this server; a crash gives it up."""
    with data_dir.with_name(f"{data_dir.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            # Closing is not enough when another thread forked meanwhile.
            fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the system refuses into an error with a next step."""
    if sys.platform == "win32":
        raise EmbeddedServerFailed(
            "There is no embedded server on Windows. Set DATABASE_URL to a Postgres server, or use WSL."
        )
    try:
        yield
    except OSError as error:
        raise EmbeddedServerFailed(
            f"The embedded server cannot be used: {error}. Make sure that its folder is yours and that the "
            "disk is not full, or set DATABASE_URL to use a server of your own."
        ) from error
