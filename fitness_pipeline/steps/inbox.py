"""The watched folder: what lies in it, and where files go from there."""

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFile:
    """A CSV in the inbox.

    Attributes:
        size_bytes: at the time of looking.
        modified_ns: when it was last written to, in nanoseconds since 1970.
    """

    path: Path
    size_bytes: int
    modified_ns: int

    @property
    def signature(self) -> str:
        """What tells this file in this state from another: a file that still grows has another one soon."""
        return f"{self.path.name}|{self.size_bytes}|{self.modified_ns}"


def file_state(path: Path) -> tuple[int, ...]:
    """Return what differs once a file is written to, or replaced by another of its name.

    Args:
        path: the file.

    Raises:
        OSError: it is not there, or may not be looked at.
    """
    facts = path.stat()
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns


def list_inbox(inbox: Path) -> list[InboxFile]:
    """Return the CSV files in a folder (`.csv` in any case, hidden ones left out), oldest first.

    Args:
        inbox: the folder; when it is missing, there is nothing in it.
    """
    files = []
    for path in inbox.iterdir() if inbox.is_dir() else ():
        if path.suffix.lower() != ".csv" or path.name.startswith("."):
            continue
        try:
            facts = path.stat()
        except FileNotFoundError:
            continue  # moved while we looked
        if path.is_file():
            files.append(InboxFile(path=path, size_bytes=facts.st_size, modified_ns=facts.st_mtime_ns))
    return sorted(files, key=lambda file: (file.modified_ns, file.path.name))


def archive(path: Path, archive_dir: Path) -> Path:
    """Move a file that was imported into the archive; nothing there is ever overwritten.

    Args:
        path: the file.
        archive_dir: made when it is missing.

    Returns:
        Where it lies now.
    """
    return _moved(path, archive_dir)


def reject(path: Path, rejected_dir: Path, reason: str) -> Path:
    """Move a file that cannot be used out of the way, with a `.reason.txt` beside it.

    Args:
        path: the file.
        rejected_dir: made when it is missing.
        reason: a sentence with the next step.

    Returns:
        Where it lies now.
    """
    moved = _moved(path, rejected_dir)
    moved.with_name(f"{moved.name}.reason.txt").write_text(f"{reason}\n", encoding="utf-8")
    return moved


def _moved(path: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        target = folder / (path.name if number == 1 else f"{path.stem}-{number}{path.suffix}")
        try:
            # Making the file first takes the name; two movers never get the same one.
            target.touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            break
    try:
        return Path(shutil.move(path, target))
    except OSError:
        target.unlink()  # it holds nothing but the name
        raise
