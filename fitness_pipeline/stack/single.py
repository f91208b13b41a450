"""Keeps a second `up` away from the same Dagster home: two daemons on one storage are not supported."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fitness_pipeline.errors import AlreadyRunning, ConfigurationError, FitnessPipelineError

if sys.platform != "win32":
    import fcntl


@contextmanager
def only_one(dagster_home: Path, url: str) -> Iterator[None]:
    """Be the only one on a Dagster home; the kernel gives it up when we crash.

    Args:
        dagster_home: made when it is missing.
        url: where our UI is going to be, for whoever comes second.

    Yields:
        Nothing.

    Raises:
        AlreadyRunning: somebody else is; the message says who and where.
        ConfigurationError: the home cannot be written to.
    """
    if sys.platform == "win32":
        raise FitnessPipelineError("`up` does not run on Windows. Use WSL, or `dagster dev`.")
    try:
        dagster_home.mkdir(parents=True, exist_ok=True)
        # Not "w", which would wipe out what the first one wrote.
        opened = (dagster_home / "up.lock").open("a", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{dagster_home} cannot be used: {error.strerror}. Make it yours, or set FITNESS_DATA_DIR to a "
            "folder that you may write to."
        ) from None
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_who(file.name)) from None
        file.truncate(0)
        json.dump({"pid": os.getpid(), "url": url}, file)
        file.flush()
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


def _who(path: str) -> str:
    try:
        first = json.loads(Path(path).read_text(encoding="utf-8"))
        who, stop = f" (process {first['pid']}); its UI is at {first['url']}", f"`kill {first['pid']}`"
    except (ValueError, KeyError, TypeError):  # it has the lock, and is just about to write
        who, stop = "", "Ctrl-C"
    return f"`fitness-pipeline up` is running already{who}. Use that one, or stop it first ({stop})."
